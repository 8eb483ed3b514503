-- uses: base
-- A node drains and gives its lease up. Whoever is still attached through it goes into grace with
-- the next sweeps, as after a death.
-- Returns {ok} or {fenced}. Atomic: one script. O(log nodes).
local deadline = call('ZSCORE', P .. 'leases', ARGV[2])
if not deadline then return FENCED end
call('ZREM', P .. 'leases', ARGV[2])
call('ZADD', P .. 'ended', deadline, ARGV[2])
return answer()
