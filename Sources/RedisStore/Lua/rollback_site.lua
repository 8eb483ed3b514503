-- uses: common site
-- Goes back to the version that was in force before the present one was applied.
-- ARGV[3] the version to leave; empty: whichever is in force
-- Returns {ok, version, digest, text} of what is in force then, {refused, reload} when another one
-- is, or {refused, not_found} when there is none before or it is not kept. Atomic: one script.
-- O(text).
local in_force = tonumber(call('HGET', FILES, 'version'))
if not in_force then return refused('not_found') end
if ARGV[3] ~= '' and tonumber(ARGV[3]) ~= in_force then return refused('reload') end
local previous = unpack(call('HGET', FILES, 'm:' .. in_force))[5]
if call('HEXISTS', FILES, 'm:' .. previous) == 0 then return refused('not_found') end
return put_in_force(previous)
