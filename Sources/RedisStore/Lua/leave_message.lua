-- uses: common
-- A customer leaves a message for a group. The same key gives the first result.
-- ARGV[3] message  [4] customer  [5] key  [6] version of the site that the rest was decided by
--      [7] group  [8] level  [9] level's source  [10] head start, ms
--      [11] topic, '' for none, else '=' and the text  [12] profile  [13] explanation
--      [14] text as in append.lua  [15] at most so many of one customer  [16] of one group
-- Returns {ok, message}, {refused, key_conflict | session_open | reload | too_many_messages} or
-- {fenced}. Atomic: one script. O(log n).
if is_fenced() then return FENCED end
local customer, group = ARGV[4], ARGV[7]
local first = call('HGET', P .. 'lk:' .. customer, ARGV[5])
local known = first and load_left(first)
if known then
  if unpack(known.texts)[1] ~= ARGV[14] then return refused('key_conflict') end
  return answer(known.id)
end
if open_session_of(customer) then return refused('session_open') end
local in_force = call('HGET', P .. 'files', 'version')
if in_force and in_force ~= ARGV[6] then return refused('reload') end
if has_too_many_left(customer, group, ARGV[15], ARGV[16]) then
  return refused('too_many_messages')
end
call('HDEL', P .. 'un', customer)
make_left({
  id = ARGV[3], customer = customer, group = group, level = tonumber(ARGV[8]), source = ARGV[9],
  head_start = tonumber(ARGV[10]), topic = ARGV[11] ~= '' and sub(ARGV[11], 2),
  profile = ARGV[12], explanation = ARGV[13],
}, ARGV[5], { ARGV[14] })
return answer(ARGV[3])
