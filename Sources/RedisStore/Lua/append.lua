-- Messages of one loop turn: each is numbered in its session, added to its stream and published.
-- One call carries the appends of many sessions. Stands alone: this is the message path.
-- KEYS[1] "{site}:site"
-- ARGV[1] now from a test harness, else empty  [2] incarnation  [3] replication id of this Redis
--      then three for each message: [4] session  [5] origin, "<incarnation> <connection>"
--      [6] the message: role letter, length byte and sender, length byte and key, body
-- Returns "fenced", or a line for each message: "<seq> <at> <epoch>" when kept, the same with an r
-- in front when the key was known, else "key_conflict", "gone", "session_closed",
-- "not_participant" or "no_floor" (a robot whose customer is a human's by now).
-- Publishes to the session's channel "m<seq> <at> <epoch> <origin> <message>".
-- Atomic: one script, at most 64 messages. O(1) each: 4 commands (a robot's 5), no look at the
-- queues. Numbers stay text wherever they can, because turning one into the other costs as much as
-- a command.
local call, byte, sub = redis.call, string.byte, string.sub
local P = sub(KEYS[1], 1, -5)
if not call('ZSCORE', P .. 'leases', ARGV[2]) then return 'fenced' end
local at = ARGV[1]
if at == '' then
  local time = call('TIME')
  at = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
end
local replication, outcomes = ARGV[3], {}
local sessions, streams, channels = P .. 's:', P .. 't:', P .. 'm:'

-- The session's Redis was restored or promoted since the last message: a new epoch begins after
-- the last number that is there.
local function new_epoch(key, epoch, seq)
  local forks = call('HGET', key, 'fk')
  forks = forks and cmsgpack.unpack(forks) or {}
  forks[#forks + 1] = tonumber(epoch)
  forks[#forks + 1] = tonumber(seq)
  local next_one = tostring(epoch + 1)
  call('HSET', key, 'ep', next_one, 'r', replication, 'fk', cmsgpack.pack(forks))
  return next_one
end

-- The first result of a key that was seen before: read from the stream itself.
local function repeated(id, key, seq, epoch, message)
  local entry = call('XRANGE', streams .. id, seq, seq)[1]
  if not entry then return 'gone' end
  if entry[2][2] ~= message then return 'key_conflict' end
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
  return 'r' .. seq .. ' ' .. string.match(entry[1], '%-(%d+)') .. ' ' .. epoch
end

for k = 4, #ARGV, 3 do
  local id, message = ARGV[k], ARGV[k + 2]
  local key, sender_end = sessions .. id, 2 + byte(message, 2)
  local field = sub(message, 1, sender_end + 1 + byte(message, sender_end + 1))
  local s = call('HMGET', key, 'c', 'st', 'a', 'ep', 'r', 'q', field)
  local state, epoch, outcome = s[2], s[4], nil
  if state and s[5] ~= replication then epoch = new_epoch(key, epoch, s[6]) end
  if not state then
    outcome = 'gone'
  elseif s[7] then
    outcome = repeated(id, key, s[7], epoch, message)
  elseif state == 'c' or state == 'w' then
    outcome = 'session_closed'
  else
    local sender, may, why = sub(message, 3, sender_end), false, 'not_participant'
    local role = byte(message, 1)
    if role == 99 then
      may = sender == s[1]
    elseif role == 98 then
      local floor = call('HMGET', key, 'rb', 'rf')
      may = sender == floor[1] and floor[2] == '1'
      if sender == floor[1] then why = 'no_floor' end
    else
      may = sender == s[3] and state == 'a'
    end
    if may then
      local seq = tostring(s[6] + 1)
      call('XADD', streams .. id, seq .. '-' .. at, 'm', message)
      call('HSET', key, 'q', seq, field, seq)
      outcome = seq .. ' ' .. at .. ' ' .. epoch
      call('PUBLISH', channels .. id, 'm' .. outcome .. ' ' .. ARGV[k + 1] .. ' ' .. message)
    else
      outcome = why
    end
  end
  outcomes[#outcomes + 1] = outcome
end
return table.concat(outcomes, '\n')
