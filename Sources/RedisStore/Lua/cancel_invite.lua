-- uses: common
-- An invitation is taken back; nothing without one.
-- ARGV[3] session  [4] by whom: role letter and identifier  [5] agent
-- Its owner may, a supervisor, and whoever invited him.
-- Returns {ok, session}, {refused, not_found | not_participant | session_closed | has_joined} or
-- {fenced}. Atomic: one script. O(log n).
if is_fenced() then return FENCED end
local S, by = load_session(ARGV[3]), sub(ARGV[4], 2)
if not S then return refused('not_found') end
local O = other_of(S, ARGV[5])
if sub(ARGV[4], 1, 1) ~= 's' and S.agent ~= by and not (O and O[3] == by) then
  return refused('not_participant')
end
if S.state == 'c' then return refused('session_closed') end
if has_joined(S, ARGV[5]) then return refused('has_joined') end
if sub(ARGV[4], 1, 1) == 's' then S.by = by end
end_invitation(S, ARGV[5], 'invite_cancelled')
return answer(record(S))
