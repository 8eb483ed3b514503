-- Writing a message, and the outlook of a waiting session. Needs lib_base, lib_session, lib_queue.
--
-- Stream `t:<session>`: entry `<seq>-<milliseconds since 1970>`, field m, the message's bytes:
-- role letter, length and bytes of the sender's identifier, length and bytes of his key, body.
-- Channel `m:<session>`: m<seq> <at> <epoch> <origin> and those bytes (see append.lua).

-- Number 1 of a session that is being made.
local function append_first(id, origin, message)
  local at = format('%d', redis_now)
  local sender_end = 2 + string.byte(message, 2)
  local prefix = sub(message, 1, sender_end + 1 + string.byte(message, sender_end + 1))
  call('XADD', P .. 't:' .. id, '1-' .. at, 'm', message)
  call('HSET', P .. 's:' .. id, 'q', 1, prefix, 1)
  call('PUBLISH', P .. 'm:' .. id, 'm1 ' .. at .. ' 1 ' .. origin .. ' ' .. message)
end

-- Sessions before this one in true order, over all levels of its home queue, with a requirement or
-- without. Equal instants go by arrival: `newest` has the last number of all; else they are seen
-- through, 64 a level.
local function ahead_of(S, newest)
  local order, ahead, member = order_of(S), 0, member_of(S)
  local is_in = false
  for k = 1, S.opened do is_in = is_in or group_of(S.openings[3 * k - 2]) == S.group end
  local function count(target, bucket)
    local key = P .. 'q:' .. target .. ':' .. bucket
    local edge = format('%d', order + head_start(bucket))
    if newest then
      ahead = ahead + call('ZCOUNT', key, '-inf', edge)
    else
      ahead = ahead + call('ZCOUNT', key, '-inf', '(' .. edge)
      for _, other in ipairs(call('ZRANGEBYSCORE', key, edge, edge, 'LIMIT', 0, 64)) do
        if other < member then ahead = ahead + 1 end
      end
    end
  end
  for _, target in ipairs({ S.group, S.group .. '~' }) do
    for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do count(target, bucket) end
  end
  if newest and S.connected and is_in then ahead = ahead - 1 end
  return ahead
end
