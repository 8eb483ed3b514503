-- uses: base session file
-- The content of a file has come in whole. Needs no lease.
-- ARGV[3] session  [4] file  [5] what the content shows
-- Returns {ok, file, name, type, bytes, owner, state, session}, for a repeat as the first one left
-- it; {refused, no_file} or {refused, session_closed}. Atomic: one script. O(1).
local S = load_session(ARGV[3])
local F = S and load_file(S.id, ARGV[4])
if not F then return refused('no_file') end
if F.state == 'o' then
  if is_over(S) then return refused('session_closed') end
  F.state, F.type = 'k', ARGV[5]
  save_file(F)
end
return answer_file(F, S)
