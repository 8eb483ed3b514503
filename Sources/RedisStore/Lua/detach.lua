-- uses: common line gone
-- The last connection of a person on this node has gone. With none on any node his grace begins.
-- ARGV[3] person, c:<customer>, a:<agent> or b:<bot>  [4] grace, milliseconds; 0 ends it at once
--      [5] replication id
-- Returns {ok} or {fenced}. Atomic: one script. O(log n), for an agent times what he holds.
if is_fenced() then return FENCED end
call('SREM', P .. 'in:' .. ARGV[2], ARGV[3])
local grace = tonumber(ARGV[4])
leave(ARGV[3], ARGV[2], { a = grace, b = grace, c = grace })
return answer()
