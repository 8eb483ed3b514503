-- uses: common
-- All live tickets of a class, with its version. A page of the class: nodes read it when they
-- begin to watch it and after a gap.
-- ARGV[3] group  [4] level
-- Returns {ok, version, {ticket...}} ascending, at most 10,000; or {fenced}. Atomic: one script.
-- O(log n + tickets).
if is_fenced() then return FENCED end
local class = ARGV[3] .. ':' .. ARGV[4]
local tickets = call('ZRANGE', P .. 'k:' .. class, 0, 9999)
return answer(tonumber(call('HGET', SITE, 'v:' .. class) or 0), tickets)
