-- Versions of the site file. Needs lib_base.
--
-- Hash `files`: `version` in force, `last` the highest number ever used, `applied` and `started`
-- the digests of the file last applied and of the one last named at a start, `v:<version>` a text,
-- `m:<version>` packed {digest, at, source, author, previous, bytes}: `at` is Redis's time in ms,
-- `previous` the version that was in force before, 0 for none.
local FILES
beginnings[#beginnings + 1] = function() FILES = P .. 'files' end

-- {ok, version, digest, text}, or nil when the version is not kept. O(text).
local function answer_version(version)
  local kept = call('HMGET', FILES, 'm:' .. version, 'v:' .. version)
  return kept[1] and answer(tonumber(version), unpack(kept[1])[1], kept[2])
end

local function put_in_force(version)
  call('HSET', FILES, 'version', version)
  notify({ 'f', version })
  return answer_version(version)
end
