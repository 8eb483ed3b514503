-- uses: common file
-- A file of a session.
-- ARGV[3] session  [4] file
-- Returns {ok, file, name, type, bytes, owner, state, session}, {refused, no_file} or {fenced}.
-- Atomic: one script. O(1).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
local F = S and load_file(S.id, ARGV[4])
if not F then return refused('no_file') end
return answer_file(F, S)
