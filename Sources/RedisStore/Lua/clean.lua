-- uses: common file
-- Deletes closed sessions that are kept no longer, whole, left messages that were taken long ago,
-- files that no message named in time, and what is too old of the journal and of the minutes.
-- Whatever else is kept of a session is named here.
-- ARGV[3] ms a closed session is kept  [4] ms the journal is kept  [5] at most so many sessions, as
--      many left messages and as many files  [6] ms a file may wait for its message
--      [7] ms a left message is kept from when it was taken  [8] files an answer names
--      then files of which nothing is left
-- Returns {ok, sessions deleted, whether more are due, {files that belong to nobody}} or {fenced}.
-- Atomic: one script. O(limit (log n + keys of starts + files) + 60 a group); streams are freed in
-- the background.
if is_fenced() then return FENCED end
for k = 9, #ARGV do call('ZREM', P .. 'fd', ARGV[k]) end
local bound, limit = now - tonumber(ARGV[3]), tonumber(ARGV[5])
local due = call('ZRANGEBYSCORE', P .. 'cl', '-inf', int(bound), 'LIMIT', 0, limit)
for _, id in ipairs(due) do
  local key = P .. 's:' .. id
  local r = call('HMGET', key, 'c', 'sk')
  if r[1] then
    for _, start in ipairs(r[2] and unpack(r[2]) or {}) do
      call('HDEL', P .. 'sk', r[1] .. ' ' .. start)
    end
    call('ZREM', P .. 'cs:' .. r[1], id)
    if call('HGET', P .. 'un', r[1]) == id then call('HDEL', P .. 'un', r[1]) end
  end
  for _, file in ipairs(call('HKEYS', P .. 'fs:' .. id)) do
    if sub(file, 1, 1) ~= '=' then lose_file(load_file(id, file)) end
  end
  call('UNLINK', key, P .. 't:' .. id, P .. 'ns:' .. id)
  call('ZREM', P .. 'cl', id)
end
local left_bound = now - tonumber(ARGV[7])
local taken = call('ZRANGEBYSCORE', P .. 'lx', '-inf', int(left_bound), 'LIMIT', 0, limit)
for _, id in ipairs(taken) do
  local r = call('HMGET', P .. 'l:' .. id, 'c', 'k')
  if r[2] then call('HDEL', P .. 'lk:' .. r[1], r[2]) end
  call('UNLINK', P .. 'l:' .. id)
  call('ZREM', P .. 'lx', id)
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
  if struct.unpack('<d', minutes[k + 1]) <= minute - 60 then
    call('HDEL', P .. 'mn', minutes[k])
    call('HDEL', P .. 'mw', minutes[k] .. ':3', minutes[k] .. ':4')
  end
end
local function is_due(list, instant)
  local next_one = call('ZRANGE', P .. list, 0, 0, 'WITHSCORES')[2]
  return next_one and tonumber(next_one) <= instant or false
end
return answer(#due, is_due('cl', bound) or is_due('lx', left_bound) or is_due('fo', unsent),
  call('ZRANGE', P .. 'fd', 0, tonumber(ARGV[8]) - 1))
