-- uses: common
-- Takes a pending transfer back; nothing without one.
-- ARGV[3] session  [4] by whom: role letter and identifier
-- Returns {ok, session}, {refused, not_found | not_participant | session_closed} or {fenced}.
-- Atomic: one script. O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if sub(ARGV[4], 1, 1) ~= 's' and S.agent ~= sub(ARGV[4], 2) then
  return refused('not_participant')
end
if S.state == 'c' then return refused('session_closed') end
end_transfer(S, 'transfer_cancelled')
return answer(record(S))
