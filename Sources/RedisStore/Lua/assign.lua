-- uses: common line hands
-- A supervisor gives a session to an agent, from the queue or from another agent.
-- ARGV[3] session  [4] agent  [5] 1: also when he holds as many as he may  [6] supervisor
--      [7] replication id
-- Returns {ok, session}, {refused, not_found | session_closed | unknown_agent |
-- agent_unavailable | not_waiting | agent_full} or {fenced}. Atomic: one script.
-- O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S, A = load_session(ARGV[3]), load_agent(ARGV[4])
local refusal = refusal_of(S, A)
if refusal then return refused(refusal) end
if not is_here(A) then return refused('agent_unavailable') end
if take_own(S, A) then return answer(record(S)) end
if not is_waiting(S) and S.state ~= 'o' and S.state ~= 'a' then return refused('not_waiting') end
if ARGV[5] ~= '1' and A.held >= A.capacity then return refused('agent_full') end
S.by = ARGV[6]
hand_over(S, A, 'handed_over')
return answer(record(S))
