-- uses: base session file
-- Deletes closed sessions that are kept no longer, whole, files that no message named in time, and
-- what is too old of the journal and of the minutes. Whatever else is kept of a session is named
-- here.
-- ARGV[3] ms a closed session is kept  [4] ms the journal is kept  [5] at most so many sessions,
--      and as many files  [6] ms a file may wait for its message  [7] files an answer names
--      then files of which nothing is left
-- Returns {ok, sessions deleted, whether more are due, {files that belong to nobody}} or {fenced}.
-- Atomic: one script. O(limit (log n + keys of starts + files) + 60 a group); streams are freed in
-- the background.
if is_fenced() then return FENCED end
for k = 8, #ARGV do call('ZREM', P .. 'fd', ARGV[k]) end
local bound, limit = now - tonumber(ARGV[3]), tonumber(ARGV[5])
local due = call('ZRANGEBYSCORE', P .. 'cl', '-inf', int(bound), 'LIMIT', 0, limit)
for _, id in ipairs(due) do
  local key = P .. 's:' .. id
  local r = call('HMGET', key, 'c', 'sk')
  if r[1] then
    for _, start in ipairs(r[2] and unpack(r[2]) or {}) do
      call('HDEL', P .. 'sk', r[1] .. ' ' .. start)
    end
    if call('HGET', P .. 'un', r[1]) == id then call('HDEL', P .. 'un', r[1]) end
  end
  for _, file in ipairs(call('HKEYS', P .. 'fs:' .. id)) do
    if sub(file, 1, 1) ~= '=' then lose_file(load_file(id, file)) end
  end
  call('UNLINK', key, P .. 't:' .. id, P .. 'ns:' .. id)
  call('ZREM', P .. 'cl', id)
end
local unsent = now - tonumber(ARGV[6])
for _, one in ipairs(call('ZRANGEBYSCORE', P .. 'fo', '-inf', int(unsent), 'LIMIT', 0, limit)) do
  local space = find(one, ' ', 1, true)
  lose_file(load_file(sub(one, space + 1), sub(one, 1, space - 1)))
end
-- Entries are named by Redis's own time. Whole blocks only, and a bounded number at a time.
local oldest = redis_now - tonumber(ARGV[4])
if oldest > 0 then
  call('XTRIM', P .. 'journal', 'MINID', '~', int(oldest), 'LIMIT', 10000)
end
local minute = math.floor(redis_now / 60000)
local minutes = call('HGETALL', P .. 'mn')
for k = 1, #minutes, 2 do
  if unpack(minutes[k + 1])[1] <= minute - 60 then
    call('HDEL', P .. 'mn', minutes[k])
    call('HDEL', P .. 'mw', minutes[k] .. ':3', minutes[k] .. ':4')
  end
end
local function is_due(list, instant)
  local next_one = call('ZRANGE', P .. list, 0, 0, 'WITHSCORES')[2]
  return next_one and tonumber(next_one) <= instant or false
end
return answer(#due, is_due('cl', bound) or is_due('fo', unsent),
  call('ZRANGE', P .. 'fd', 0, tonumber(ARGV[7]) - 1))
