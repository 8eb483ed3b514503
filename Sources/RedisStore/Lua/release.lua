-- uses: common
-- The owner gives the session back to its queue, hidden, with its arrival; he himself is passed
-- over for 10 seconds.
-- ARGV[3] session  [4] agent
-- Returns {ok, session}, {refused, not_found | session_closed | not_participant} or {fenced}.
-- Atomic: one script. O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if S.state == 'c' then return refused('session_closed') end
if S.state ~= 'a' or S.agent ~= ARGV[4] then return refused('not_participant') end
exclude(S, ARGV[4], 10000)
give_back({ S }, 'released')
match_agent(load_agent(ARGV[4]))
return answer(record(S))
