-- uses: common file
-- Somebody is about to upload a file.
-- ARGV[3] session  [4] file, if it is a new one  [5] by whom, c: or a: and who  [6] key  [7] name
--      [8] bytes  [9] files a session may have  [10] bytes of all contents together: an offer that
--      cannot be kept is refused at once, and takes no space itself
-- Returns {ok, file, name, type, bytes, owner, state, session}, for a key that is known the first
-- one's; {refused, why} or {fenced}. Atomic: one script. O(1).
if is_fenced() then return FENCED end
local S, owner = load_session(ARGV[3]), ARGV[5]
if not S then return refused('not_found') end
local files, field, bytes = P .. 'fs:' .. S.id, '=' .. owner .. ' ' .. ARGV[6], tonumber(ARGV[8])
local known = call('HGET', files, field)
if known then
  local F = load_file(S.id, known)
  if F.name ~= ARGV[7] or F.bytes ~= bytes then return refused('key_conflict') end
  return answer_file(F, S)
end
if is_over(S) then return refused('session_closed') end
if not may_write(S, owner) then return refused('not_participant') end
-- Each file has two fields.
if call('HLEN', files) >= 2 * tonumber(ARGV[9]) then return refused('too_many_files') end
if not has_space(bytes, ARGV[10]) then return refused('no_space') end
local F = { id = ARGV[4], session = S.id, owner = owner, key = ARGV[6], name = ARGV[7],
  bytes = bytes, state = 'o', type = '' }
save_file(F)
call('HSET', files, field, F.id)
call('ZADD', P .. 'fo', int(now), F.id .. ' ' .. S.id)
return answer_file(F, S)
