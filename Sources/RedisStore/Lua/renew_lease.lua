-- uses: common
-- A node keeps its registration.
-- ARGV[3] lease from now, milliseconds
-- Returns {ok} or {fenced}. Atomic: one script. O(log nodes).
if is_fenced() then return FENCED end
call('ZADD', P .. 'leases', now + tonumber(ARGV[3]), ARGV[2])
return answer()
