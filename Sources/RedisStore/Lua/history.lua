-- uses: common
-- A stretch of a session's messages, oldest first.
-- ARGV[3] session  [4] after or before  [5] that number, exclusive  [6] limit, 1...200
--      [7] replication id
-- Returns {ok, {{seq, at, message}...}, more, {epoch, seq, ...}, session}, {refused, not_found} or
-- {fenced}. Atomic: one script. O(log n + limit).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
local forks = renew_epoch(S, ARGV[7])
local stream, number, limit = P .. 't:' .. S.id, tonumber(ARGV[5]), tonumber(ARGV[6])
local entries, more = {}, false
if ARGV[4] == 'after' then
  entries = call('XRANGE', stream, math.max(number, 0) + 1, '+', 'COUNT', limit + 1)
elseif number > 1 then
  entries = call('XREVRANGE', stream, number - 1, '-', 'COUNT', limit + 1)
end
if #entries > limit then
  entries[#entries] = nil
  more = true
end
local messages, count = {}, #entries
for k, entry in ipairs(entries) do
  local dash = find(entry[1], '-', 1, true)
  messages[ARGV[4] == 'after' and k or count + 1 - k] =
    { tonumber(sub(entry[1], 1, dash - 1)), tonumber(sub(entry[1], dash + 1)), entry[2][2] }
end
return answer(messages, more, forks, record(S))
