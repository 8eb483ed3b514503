-- uses: common file
-- A message is about to name a file: it stays as long as its session.
-- ARGV[3] session  [4] file  [5] by whom, c: or a: and who
-- Returns {ok, file, name, type, bytes, owner, state, session}, also for one that is claimed
-- already; {refused, no_file}, {refused, session_closed} or {fenced}. Atomic: one script. O(log n).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
local F = S and load_file(S.id, ARGV[4])
if not F or F.owner ~= ARGV[5] or F.state == 'o' then return refused('no_file') end
if F.state == 'k' then
  if is_over(S) then return refused('session_closed') end
  F.state = 's'
  save_file(F)
  call('ZREM', P .. 'fo', F.id .. ' ' .. S.id)
end
return answer_file(F, S)
