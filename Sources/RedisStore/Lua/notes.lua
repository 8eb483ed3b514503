-- uses: common
-- A stretch of a session's notes, oldest first.
-- ARGV[3] session  [4] after or before  [5] that number, exclusive  [6] limit, 1...200
-- Returns {ok, {{number, at, follows, note}...}, more, session}, {refused, not_found} or {fenced}.
-- Atomic: one script. O(log n + limit).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
local stream, number, limit = P .. 'ns:' .. S.id, tonumber(ARGV[5]), tonumber(ARGV[6])
local entries, more = {}, false
if ARGV[4] == 'after' then
  entries = call('XRANGE', stream, int(number + 1), '+', 'COUNT', limit + 1)
elseif number > 1 then
  entries = call('XREVRANGE', stream, int(number - 1), '-', 'COUNT', limit + 1)
end
if #entries > limit then
  entries[#entries] = nil
  more = true
end
local notes, count = {}, #entries
for k, entry in ipairs(entries) do
  local dash = find(entry[1], '-', 1, true)
  notes[ARGV[4] == 'after' and k or count + 1 - k] = { tonumber(sub(entry[1], 1, dash - 1)),
    tonumber(sub(entry[1], dash + 1)), tonumber(entry[2][4]), entry[2][2] }
end
return answer(notes, more, record(S))
