-- uses: common
-- The search for the agent's next session goes on from where the last step left it.
-- ARGV[3] agent
-- Returns {ok} or {fenced}. Atomic: one script. O(targets he serves), looking at no more than 64
-- sessions that pass him over.
if is_fenced() then return FENCED end
local A = load_agent(ARGV[3])
if A and A.cursor then match_agent(A) end
return answer()
