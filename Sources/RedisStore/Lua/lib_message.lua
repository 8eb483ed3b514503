-- Writing a customer's message, and what a session that begins to wait is told. Needs lib_base,
-- lib_session, lib_flow, lib_bot, lib_queue and lib_mark.
--
-- Stream `t:<session>`: entry `<seq>-<milliseconds since 1970>`, field m, the message's bytes:
-- role letter, length and bytes of the sender's identifier, length and bytes of his key, body.
-- Channel `m:<session>`: m<seq> <at> <epoch> <origin> and those bytes (see append.lua).

-- What names a message: its sender and key.
local function name_of(message)
  local sender_end = 2 + string.byte(message, 2)
  return sub(message, 1, sender_end + 1 + string.byte(message, sender_end + 1))
end

-- Number 1 of a session that is being made; nobody listens to it yet.
local function append_first(id, message)
  call('XADD', P .. 't:' .. id, '1-' .. int(redis_now), 'm', message)
end

-- The epoch a message of the stream was written in.
local function epoch_of(seq, forks, present)
  for k = 1, #forks, 2 do
    if seq <= forks[k + 1] then return forks[k] end
  end
  return present
end

-- A message of its customer or its robot into a session that is there, by the rules of append.lua:
-- numbered, added and published, or the first result when the key is known. Returns {seq, at,
-- epoch, known already}, or {refusal}.
local function keep(S, origin, message, replication)
  local field = name_of(message)
  local forks, known = renew_epoch(S, replication), call('HGET', S.key, field)
  if known then
    local entry = call('XRANGE', P .. 't:' .. S.id, known, known)[1]
    if not entry then return { 'gone' } end
    if entry[2][2] ~= message then
      return { is_mark(entry[2][2]) and 'gone' or 'key_conflict' }
    end
    local seq = tonumber(known)
    return { seq, tonumber(string.match(entry[1], '%-(%d+)')), epoch_of(seq, forks, S.epoch), true }
  end
  if S.state == 'c' or S.state == 'w' then return { 'session_closed' } end
  S.seq = S.seq + 1
  local seq, at = int(S.seq), int(redis_now)
  call('XADD', P .. 't:' .. S.id, seq .. '-' .. at, 'm', message)
  call('HSET', S.key, 'q', seq, field, seq)
  call('PUBLISH', P .. 'm:' .. S.id,
    'm' .. seq .. ' ' .. at .. ' ' .. int(S.epoch) .. ' ' .. origin .. ' ' .. message)
  return { S.seq, redis_now, S.epoch, false }
end

-- Sessions before this one in true order, over all levels of its home queue, with a requirement or
-- without. Equal instants go by arrival: `newest` has the last number of all; else they are seen
-- through, 64 of them.
local function ahead_of(S, newest)
  local order, ahead, member = order_of(S), 0, member_of(S)
  local is_in = false
  for k = 1, S.opened do is_in = is_in or group_of(S.openings[3 * k - 2]) == S.group end
  local edge = int(order)
  for _, target in ipairs({ S.group, S.group .. '~' }) do
    local key = P .. 'tq:' .. target
    if newest then
      ahead = ahead + call('ZCOUNT', key, '-inf', edge)
    else
      ahead = ahead + call('ZCOUNT', key, '-inf', '(' .. edge)
      for _, other in ipairs(call('ZRANGEBYSCORE', key, edge, edge, 'LIMIT', 0, 64)) do
        if other < member then ahead = ahead + 1 end
      end
    end
  end
  if newest and S.connected and is_in then ahead = ahead - 1 end
  return ahead
end

-- The answer to a start and to a handover: the session, and what its wait looks like.
local function answer_start(S, existing, kept)
  local class, position, ahead = S.group .. ':' .. S.level, false, 0
  if S.state == 'q' then
    if S.ticket then position = call('ZRANK', P .. 'k:' .. class, int(S.arrival)) + 1 end
    -- One who waited before he chose a robot came earlier than others.
    ahead = ahead_of(S, S.ticket and not existing)
  end
  tell_departures() -- what this step took away counts in the version that is answered
  local others = {}
  for k = 1, #S.openings, 3 do
    others[#others + 1] = group_of(S.openings[k])
  end
  return answer(record(S), existing, position, tonumber(call('HGET', SITE, 'v:' .. class) or 0),
    ahead, flow_record(S.group, others), kept or false)
end
