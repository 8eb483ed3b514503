-- uses: base session flow queue left end
-- A participant ends the session, from any open state. One that is closed answers as it is.
-- ARGV[3] session  [4] who, c:<customer> or a:<agent>  [5] reason
-- Returns {ok, session}, {refused, not_found | not_participant} or {fenced}. Atomic: one script.
-- O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if ARGV[4] ~= 'c:' .. S.customer and ARGV[4] ~= 'a:' .. (S.agent or '') then
  return refused('not_participant')
end
if S.state ~= 'c' then close_session(S, ARGV[5]) end
return answer(record(S))
