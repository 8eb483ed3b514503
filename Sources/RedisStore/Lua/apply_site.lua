-- uses: base
-- Stores a version of the site file, which is then in force. All versions are kept.
-- ARGV[3] text  [4] digest  [5] 1: only when the file last applied had another digest
-- Returns {ok, version, digest, text} of what is in force. Atomic: one script. O(text).
local files = P .. 'files'
local last = call('HMGET', files, 'version', 'applied')
if ARGV[5] == '1' and last[2] == ARGV[4] then
  local text, digest = unpack(call('HGET', files, 'v:' .. last[1]))
  return answer(tonumber(last[1]), digest, text)
end
local version = (tonumber(last[1]) or 0) + 1
call('HSET', files, 'v:' .. version, pack(ARGV[3], ARGV[4]), 'version', version, 'applied', ARGV[4])
notify({ 'f', version })
return answer(version, ARGV[4], ARGV[3])
