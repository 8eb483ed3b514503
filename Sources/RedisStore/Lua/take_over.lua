-- uses: common line hands
-- A supervisor makes a session his own, over his capacity too. He decides himself, so his status is
-- no obstacle.
-- ARGV[3] session  [4] supervisor  [5] replication id
-- Returns {ok, session}, {refused, not_found | session_closed | unknown_agent | not_waiting} or
-- {fenced}. Atomic: one script. O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S, A = load_session(ARGV[3]), load_agent(ARGV[4])
local refusal = refusal_of(S, A)
if refusal then return refused(refusal) end
if take_own(S, A) then return answer(record(S)) end
if not find('qoa', S.state, 1, true) then return refused('not_waiting') end
S.by = A.id
hand_over(S, A, 'taken')
return answer(record(S))
