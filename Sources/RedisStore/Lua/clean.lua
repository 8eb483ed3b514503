-- uses: base
-- Deletes closed sessions that are kept no longer, whole, what is too old of the journal, and the
-- minutes that are over an hour old.
-- Whatever else is kept of a session is named here.
-- ARGV[3] ms a closed session is kept  [4] ms the journal is kept  [5] at most so many sessions
-- Returns {ok, sessions deleted, whether more are due} or {fenced}. Atomic: one script.
-- O(limit (log n + keys of starts) + 60 a group); streams are freed in the background.
if is_fenced() then return FENCED end
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
  call('UNLINK', key, P .. 't:' .. id, P .. 'ns:' .. id)
  call('ZREM', P .. 'cl', id)
end
-- Entries are named by Redis's own time. Whole blocks only, and a bounded number at a time.
local oldest = redis_now - tonumber(ARGV[4])
if oldest > 0 then
  call('XTRIM', P .. 'journal', 'MINID', '~', int(oldest), 'LIMIT', 10000)
end
local minute = math.floor(redis_now / 60000)
local minutes = call('HGETALL', P .. 'mn')
for k = 1, #minutes, 2 do
  if unpack(minutes[k + 1])[1] <= minute - 60 then call('HDEL', P .. 'mn', minutes[k]) end
end
local next_one = call('ZRANGE', P .. 'cl', 0, 0, 'WITHSCORES')[2]
return answer(#due, next_one and tonumber(next_one) <= bound or false)
