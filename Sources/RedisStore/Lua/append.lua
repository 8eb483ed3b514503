-- Messages of one loop turn: each is numbered in its session, added to its stream and published.
-- One call carries the appends of many sessions. Stands alone: this is the message path.
-- KEYS[1] "{site}:site"
-- ARGV[1] now from a test harness, else empty  [2] incarnation  [3] replication id of this Redis
--      then three for each message: [4] session  [5] origin, "<incarnation> <connection>"
--      [6] the message: role letter, length byte and sender, length byte and key, body
-- Returns {fenced} packed, or one reply for each message: {seq, at, epoch, 1 when repeated}, or one
-- of the numbers 1 key conflict, 2 gone, 3 session closed, 4 not a participant.
-- Publishes `m<seq> <at> <epoch> <origin> <message>`.
-- Atomic: one script, at most 64 messages. O(1) each: 4 commands, no look at the queues.
local call, byte, sub = redis.call, string.byte, string.sub
local P = sub(KEYS[1], 1, -5)
if not call('ZSCORE', P .. 'leases', ARGV[2]) then return cmsgpack.pack({ 'fenced' }) end
local at = ARGV[1]
if at == '' then
  local time = call('TIME')
  at = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
end
local replication, outcomes = ARGV[3], {}

-- The session's Redis was restored or promoted since the last message: a new epoch begins after
-- the last number that is there.
local function new_epoch(key, epoch, seq)
  local forks = redis.call('HGET', key, 'fk')
  forks = forks and cmsgpack.unpack(forks) or {}
  forks[#forks + 1] = epoch
  forks[#forks + 1] = seq
  call('HSET', key, 'ep', epoch + 1, 'r', replication, 'fk', cmsgpack.pack(forks))
  return epoch + 1
end

-- The first result of a key that was seen before: read from the stream itself.
local function repeated(id, key, seq, epoch, message)
  local entry = call('XRANGE', P .. 't:' .. id, seq, seq)[1]
  if not entry then return 2 end
  if entry[2][2] ~= message then return 1 end
  local forks = call('HGET', key, 'fk')
  if forks then
    forks = cmsgpack.unpack(forks)
    for k = 1, #forks, 2 do
      if tonumber(seq) <= forks[k + 1] then
        epoch = forks[k]
        break
      end
    end
  end
  return { tonumber(seq), tonumber(string.match(entry[1], '%-(%d+)')), tonumber(epoch), 1 }
end

local instant = tonumber(at)
for k = 4, #ARGV, 3 do
  local id, message = ARGV[k], ARGV[k + 2]
  local key, sender_end = P .. 's:' .. id, 2 + byte(message, 2)
  local field = sub(message, 1, sender_end + 1 + byte(message, sender_end + 1))
  local s = call('HMGET', key, 'c', 'st', 'a', 'ep', 'r', 'q', field)
  local state, epoch, outcome = s[2], s[4], nil
  if state and s[5] ~= replication then epoch = new_epoch(key, tonumber(epoch), tonumber(s[6])) end
  if not state then
    outcome = 2
  elseif s[7] then
    outcome = repeated(id, key, s[7], epoch, message)
  elseif state == 'c' then
    outcome = 3
  else
    local sender, may = sub(message, 3, sender_end), false
    if byte(message, 1) == 99 then
      may = sender == s[1]
    else
      may = sender == s[3] and (state == 'a' or state == 'w')
    end
    if may then
      local seq = s[6] + 1
      call('XADD', P .. 't:' .. id, seq .. '-' .. at, 'm', message)
      call('HSET', key, 'q', seq, field, seq)
      call('PUBLISH', P .. 'm:' .. id,
        'm' .. seq .. ' ' .. at .. ' ' .. epoch .. ' ' .. ARGV[k + 1] .. ' ' .. message)
      outcome = { seq, instant, tonumber(epoch), 0 }
    else
      outcome = 4
    end
  end
  outcomes[#outcomes + 1] = outcome
end
return cmsgpack.pack(outcomes)
