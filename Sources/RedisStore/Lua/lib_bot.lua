-- Robots: which are there and what they have. Needs lib_base and lib_session.
--
-- Zset `rb`: connected robots with a free place, score the sessions they have. Hash `rc`: robot ->
-- sessions it may have at once. Zset `hb:<bot>`: the sessions it has or helps in, by arrival.
-- A session names its robot in field `rb`; `rf` is 1 while that robot may speak, `hm` 1 when it may
-- hand over within hours, 2 at any hour, `ho` what it left to whoever takes over.

-- Brings the robot's place among the free ones in line with what it now has. O(log robots).
local function place_bot(id)
  local held = call('ZCARD', P .. 'hb:' .. id)
  local capacity = tonumber(call('HGET', P .. 'rc', id) or 0)
  if held < capacity and call('HEXISTS', P .. 'p', 'b:' .. id) == 1 then
    call('ZADD', P .. 'rb', held, id)
  else
    call('ZREM', P .. 'rb', id)
  end
end

-- The connected robot with a free place that has the fewest sessions; equal ones by identifier.
local function least_bot()
  return call('ZRANGE', P .. 'rb', '0', '0')[1]
end

-- The session becomes this robot's; the caller writes it down.
local function give_to_bot(S, id)
  S.bot, S.helps = id, true
  call('ZADD', P .. 'hb:' .. id, int(S.arrival), S.id)
  place_bot(id)
end

-- The robot may not speak there any more. Written down at once: no notice is owed for it alone.
local function free_bot(S)
  if not S.helps then return end
  S.helps = false
  call('HDEL', S.key, 'rf')
  call('HSET', S.key, 'h', head_of(S))
  call('ZREM', P .. 'hb:' .. S.bot, S.id)
  place_bot(S.bot)
end
