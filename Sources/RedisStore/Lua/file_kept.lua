-- uses: common file
-- The content of a file has come in whole. Needs no lease.
-- ARGV[3] session  [4] file  [5] what the content shows  [6] bytes of all contents together
-- Returns {ok, file, name, type, bytes, owner, state, session}, for a repeat as the first one left
-- it; {refused, no_file}, {refused, session_closed} or {refused, no_space}. Atomic: one script.
-- O(1).
local S = load_session(ARGV[3])
local F = S and load_file(S.id, ARGV[4])
if not F then return refused('no_file') end
if F.state == 'o' then
  if is_over(S) then return refused('session_closed') end
  if not has_space(F.bytes, ARGV[6]) then return refused('no_space') end
  F.state, F.type = 'k', ARGV[5]
  save_file(F)
  call('HINCRBY', SITE, 'fb', int(F.bytes))
end
return answer_file(F, S)
