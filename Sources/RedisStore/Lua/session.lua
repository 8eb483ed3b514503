-- uses: common
-- A session as it is.
-- ARGV[3] session
-- Returns {ok, session}, {refused, not_found} or {fenced}. Atomic: one script. O(1).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
return answer(record(S))
