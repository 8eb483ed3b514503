-- uses: common site
-- Stores a version of the site file, which is then in force. The oldest versions are forgotten, but
-- never the one this takes the place of.
-- ARGV[3] text  [4] digest  [5] source  [6] author  [7] `start`: only when the file last applied,
--      last named at a start, or in force had another digest; else the version it takes the place
--      of, 0: none, empty: whichever  [8] versions to keep
-- Returns {ok, version, digest, text} of what is in force, or {refused, reload} when another one
-- than [7] is. Atomic: one script. O(text + versions).
local digest = ARGV[4]
local known = call('HMGET', FILES, 'version', 'last', 'applied', 'started')
local in_force = tonumber(known[1]) or 0
if ARGV[7] == 'start' then
  call('HSET', FILES, 'started', digest)
  if in_force > 0 and (known[3] == digest or known[4] == digest
    or unpack(call('HGET', FILES, 'm:' .. in_force))[1] == digest) then
    return answer_version(in_force)
  end
elseif ARGV[7] ~= '' and tonumber(ARGV[7]) ~= in_force then
  return refused('reload')
end

local version = (tonumber(known[2]) or 0) + 1
call('HSET', FILES, 'last', version, 'applied', digest, 'v:' .. version, ARGV[3], 'm:' .. version,
  pack({ digest, redis_now, ARGV[5], ARGV[6], in_force, #ARGV[3] }))
local kept = {}
for _, field in ipairs(call('HKEYS', FILES)) do
  local number = tonumber(string.match(field, '^m:(%d+)$'))
  if number then kept[#kept + 1] = number end
end
table.sort(kept)
local surplus = #kept - tonumber(ARGV[8])
for _, number in ipairs(kept) do
  if surplus > 0 and number ~= in_force then
    call('HDEL', FILES, 'v:' .. number, 'm:' .. number)
    surplus = surplus - 1
  end
end
return put_in_force(version)
