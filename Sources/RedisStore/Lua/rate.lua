-- uses: common customer
-- The customer judges a session, and so the agent who served it last.
-- ARGV[3] session  [4] customer  [5] key  [6] score  [7] score, reasons, comment as the hub writes
--      them  [8] how long after the end it may be rated, ms  [9] how many ratings a session takes
--      [10] of how many agents a customer's ratings are kept
-- Session's hash: `R<key>` the body that came with a key, `rt` the one that counts, `rs` its
-- score, `rn` how many.
-- Returns {ok}, also for a key that is known with this body; {refused, not_found},
-- {refused, not_participant}, {refused, key_conflict}, {refused, session_closed} when it ended too
-- long ago, {refused, too_many}, or {fenced}.
-- Atomic: one script. O(1).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if S.customer ~= ARGV[4] then return refused('not_participant') end
local field = 'R' .. ARGV[5]
local kept = call('HMGET', S.key, field, 'ca', 'rn', 'sa')
if kept[1] then
  if kept[1] ~= ARGV[7] then return refused('key_conflict') end
  return answer()
end
if kept[2] and now - tonumber(kept[2]) > tonumber(ARGV[8]) then return refused('session_closed') end
local count = tonumber(kept[3] or 0)
if count >= tonumber(ARGV[9]) then return refused('too_many') end
call('HSET', S.key, field, ARGV[7], 'rt', ARGV[7], 'rs', ARGV[6], 'rn', int(count + 1))
local agent = kept[4]
if agent then note_rating(S.customer, agent, tonumber(ARGV[6]), tonumber(ARGV[10])) end
notify({ 'r', S.id, S.customer, agent, ARGV[7] })
journal('rated:' .. ARGV[6], S.id, agent or '', S.level, S.group)
return answer()
