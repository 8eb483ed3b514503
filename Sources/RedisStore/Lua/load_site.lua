-- uses: common site
-- A version of the site file.
-- ARGV[3] its number; empty: the one in force
-- Returns {ok, version, digest, text}, {ok} when none is in force, or {refused, not_found}. Atomic:
-- one script. O(text).
local version = ARGV[3]
if version == '' then version = call('HGET', FILES, 'version') end
if not version then return answer() end
return answer_version(version) or refused('not_found')
