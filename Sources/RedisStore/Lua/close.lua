-- uses: common
-- A participant ends the session, from any open state; its agent also ends his wrap-up by it. One
-- that is closed answers as it is.
-- ARGV[3] session  [4] who, c:<customer>, a:<agent>, or b:<bot> while a robot has it  [5] reason
-- Returns {ok, session}, {refused, not_found | not_participant} or {fenced}. Atomic: one script.
-- O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if ARGV[4] ~= 'c:' .. S.customer and ARGV[4] ~= 'a:' .. (S.agent or '')
  and (S.state ~= 'b' or ARGV[4] ~= 'b:' .. S.bot) then
  return refused('not_participant')
end
if S.state == 'w' then
  -- For the customer it is over already.
  if sub(ARGV[4], 1, 1) == 'a' then end_wrap(S) end
elseif S.state ~= 'c' then
  close_session(S, ARGV[5])
end
return answer(record(S))
