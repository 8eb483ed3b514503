-- uses: common line hands
-- An agent takes a waiting session out of its turn, and owns it at once.
-- ARGV[3] session  [4] agent  [5] 1: also one that waits for none of his groups
--      [6] replication id
-- Returns {ok, session}, {refused, not_found | session_closed | unknown_agent | not_waiting |
-- agent_unavailable | other_group | agent_full} or {fenced}. Atomic: one script.
-- O(openings log n).
if is_fenced() then return FENCED end
local S, A = load_session(ARGV[3]), load_agent(ARGV[4])
local refusal = refusal_of(S, A)
if refusal then return refused(refusal) end
if take_own(S, A) then return answer(record(S)) end
if not is_waiting(S) then return refused('not_waiting') end
if not is_here(A) then return refused('agent_unavailable') end
if ARGV[5] ~= '1' and not is_in_its_groups(S, A) then return refused('other_group') end
if A.held >= A.capacity then return refused('agent_full') end
hand_over(S, A, 'picked')
return answer(record(S))
