-- uses: common line
-- An agent who joined a conversation leaves it, or one who is invited declines.
-- ARGV[3] session  [4] agent  [5] replication id
-- Returns {ok, session}, {refused, not_found | not_participant}, {refused, is_owner} when it is his
-- own, or {fenced}. Atomic: one script. O(log n).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if S.agent == ARGV[4] and S.state ~= 'c' then return refused('is_owner') end
if not step_out(S, ARGV[4]) then return refused('not_participant') end
return answer(record(S))
