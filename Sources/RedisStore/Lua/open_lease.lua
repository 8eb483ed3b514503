-- uses: common
-- A node registers at the site.
-- ARGV[3] lease, milliseconds  [4] grace of customers, milliseconds  [5] of agents  [6] of robots
-- Returns {ok, incarnation}. Atomic: one script. O(log nodes).
if not last_sweep then call('HSET', SITE, 'ls', format('%d', redis_now)) end
local incarnation = call('HINCRBY', SITE, 'ni', '1')
call('ZADD', P .. 'leases', now + tonumber(ARGV[3]), incarnation)
call('HSET', P .. 'lg', incarnation, ARGV[4] .. ',' .. ARGV[5] .. ',' .. ARGV[6])
return answer(incarnation)
