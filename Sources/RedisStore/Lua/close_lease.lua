-- uses: common
-- A node drains and gives its lease up. Whoever is still attached through it goes into grace with
-- the next sweeps, as after a death; robots into a grace of their own.
-- ARGV[3] grace of robots, milliseconds
-- Returns {ok} or {fenced}. Atomic: one script. O(log nodes).
local deadline = call('ZSCORE', P .. 'leases', ARGV[2])
if not deadline then return FENCED end
call('ZREM', P .. 'leases', ARGV[2])
call('ZADD', P .. 'ended', deadline, ARGV[2])
local graces = call('HGET', P .. 'lg', ARGV[2]) or '0,0'
call('HSET', P .. 'lg', ARGV[2], string.match(graces, '^%d+,%d+') .. ',' .. ARGV[3])
return answer()
