-- uses: common
-- Keeps a canned reply for an agent, or takes it away.
-- ARGV[3] agent  [4] shortcut  [5] title and text as the hub writes them; empty: take it away
--      [6] how many replies he may have  [7] bytes of all of them together
-- Returns {ok} or {refused, too_many}.
-- Atomic: one script. O(replies).
local key = P .. 'cr:' .. ARGV[3]
if ARGV[5] == '' then
  call('HDEL', key, ARGV[4])
  return answer()
end
local flat, count, bytes = call('HGETALL', key), 1, #ARGV[5]
for k = 1, #flat, 2 do
  if flat[k] ~= ARGV[4] then
    count, bytes = count + 1, bytes + #flat[k + 1]
  end
end
if count > tonumber(ARGV[6]) or bytes > tonumber(ARGV[7]) then return refused('too_many') end
call('HSET', key, ARGV[4], ARGV[5])
return answer()
