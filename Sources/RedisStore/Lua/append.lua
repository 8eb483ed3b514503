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
-- Atomic: one script, at most 64 messages. O(1) each: 4 commands, no look at the queues. Of the
-- session it reads the last number, the head (`head_of` in lib_session) and the message's key.
-- Numbers stay text wherever they can, because turning one into the other costs as much as a field.
local call, byte, sub, find = redis.call, string.byte, string.sub, string.find
local format = string.format
local P = sub(KEYS[1], 1, -5)
if not call('ZRANK', P .. 'leases', ARGV[2]) then return 'fenced' end
local at = ARGV[1]
if at == '' then
  -- Seconds, and microseconds of at most six digits.
  local time = call('TIME')
  local fraction = time[2]
  at = time[1] .. (#fraction == 6 and sub(fraction, 1, 3) or format('%03d', fraction / 1000))
end
local replication, outcomes = ARGV[3], {}
local sessions, streams, channels = P .. 's:', P .. 't:', P .. 'm:'
local WRITERS = { [98] = '\0b', [99] = '\0c' } -- others write as agents
-- How the last head that was looked at begins, which nearly all do, and its epoch.
local beginning, epoch = replication .. ' 1\0', '1'

-- Another epoch than the last one's; a new one when the session's Redis was restored or promoted
-- since the last message: it begins after the last number that is there. Returns the head.
local function enter_epoch(key, head, seq)
  local written, number, writers = string.match(head, '^(%Z*) (%d+)(%z.*)$')
  if written ~= replication then
    local forks = call('HGET', key, 'fk')
    forks = forks and cmsgpack.unpack(forks) or {}
    forks[#forks + 1] = tonumber(number)
    forks[#forks + 1] = tonumber(seq)
    number = format('%d', number + 1)
    head = replication .. ' ' .. number .. writers
    call('HSET', key, 'h', head, 'fk', cmsgpack.pack(forks))
  end
  beginning, epoch = replication .. ' ' .. number .. '\0', number
  return head
end

-- The first result of a key that was seen before: read from the stream itself.
local function repeated(id, key, seq, message)
  local entry = call('XRANGE', streams .. id, seq, seq)[1]
  if not entry then return 'gone' end
  if entry[2][2] ~= message then
    -- Its text was deleted: it is not said again.
    return sub(entry[2][2], -16) == '"kind":"deleted"' and 'gone' or 'key_conflict'
  end
  local forks, written_in = call('HGET', key, 'fk'), epoch
  if forks then
    forks = cmsgpack.unpack(forks)
    for k = 1, #forks, 2 do
      if tonumber(seq) <= forks[k + 1] then
        written_in = forks[k]
        break
      end
    end
  end
  return 'r' .. seq .. ' ' .. string.match(entry[1], '%-(%d+)') .. ' ' .. written_in
end

-- Why somebody is not among those who may write.
local function refusal(key, role, sender)
  local s = call('HMGET', key, 'st', 'rb')
  if s[1] == 'c' or s[1] == 'w' then return 'session_closed' end
  return role == 98 and sender == s[2] and 'no_floor' or 'not_participant'
end

for k = 4, #ARGV, 3 do
  local id, message = ARGV[k], ARGV[k + 2]
  local key, role, sender_end = sessions .. id, byte(message, 1), 2 + byte(message, 2)
  local field = sub(message, 1, sender_end + 1 + byte(message, sender_end + 1))
  local s = call('HMGET', key, 'q', 'h', field)
  local head, outcome = s[2], 'gone'
  if head then
    if sub(head, 1, #beginning) ~= beginning then head = enter_epoch(key, head, s[1]) end
    if s[3] then
      outcome = repeated(id, key, s[3], message)
    elseif find(head, (WRITERS[role] or '\0a') .. sub(message, 2, sender_end), 1, true) then
      local seq = format('%d', s[1] + 1)
      call('XADD', streams .. id, seq .. '-' .. at, 'm', message)
      call('HSET', key, 'q', seq, field, seq)
      outcome = seq .. ' ' .. at .. ' ' .. epoch
      call('PUBLISH', channels .. id, 'm' .. outcome .. ' ' .. ARGV[k + 1] .. ' ' .. message)
    else
      outcome = refusal(key, role, sub(message, 3, sender_end))
    end
  end
  outcomes[#outcomes + 1] = outcome
end
return table.concat(outcomes, '\n')
