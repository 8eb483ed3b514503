-- uses: common
-- A customer's sessions, newest first, open ones too.
-- ARGV[3] customer  [4] began before this instant, ms since 1970; empty: the newest
--      [5] limit, 1...50
-- Returns {ok, {{session, ms since 1970 it began, the same of the talk's end or false, agent who
-- talked with the customer last or false, score or false}...}, more} or {fenced}.
-- Atomic: one script. O(log n + limit).
if is_fenced() then return FENCED end
local newest, limit = ARGV[4] == '' and '+inf' or '(' .. ARGV[4], tonumber(ARGV[5])
local list = call('ZRANGE', P .. 'cs:' .. ARGV[3], newest, '-inf', 'BYSCORE', 'REV', 'LIMIT', '0',
  int(limit + 1), 'WITHSCORES')
local found = {}
for k = 1, math.min(#list, 2 * limit), 2 do
  local S = load_session(list[k])
  local kept = call('HMGET', S.key, 'te', 'sa', 'rs')
  found[#found + 1] = { record(S), tonumber(list[k + 1]),
    kept[1] and tonumber(kept[1]) + pauses, kept[2], kept[3] and tonumber(kept[3]) }
end
return answer(found, #list > 2 * limit)
