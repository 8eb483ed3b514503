-- uses: base
-- The site file in force.
-- Returns {ok, version, digest, text}, or {ok} when there is none. Atomic: one script. O(text).
local version = call('HGET', P .. 'files', 'version')
if not version then return answer() end
local text, digest = unpack(call('HGET', P .. 'files', 'v:' .. version))
return answer(tonumber(version), digest, text)
