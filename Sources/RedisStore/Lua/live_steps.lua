-- Which libraries of steps living nodes use: each names its own again and again, and is told all
-- that were named lately. What nobody names any more may go from Redis.
-- KEYS[1]  zset "chathub:steps": name of a library -> Redis's time in ms when it was last named
-- ARGV[1]  ms a name counts  then the caller's names
-- Returns {name...}, the caller's among them. Atomic: one script. O(names log names).
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for k = 2, #ARGV do call('ZADD', KEYS[1], now, ARGV[k]) end
local bound = string.format('%d', now - tonumber(ARGV[1]))
for _, name in ipairs(call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. bound)) do
  call('ZREM', KEYS[1], name)
end
return call('ZRANGE', KEYS[1], 0, -1)
