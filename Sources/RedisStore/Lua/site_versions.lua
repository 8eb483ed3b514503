-- uses: common site
-- All kept versions of the site file without their texts, newest first.
-- Returns {ok, version in force or 0, {{number, digest, at, source, author, previous, bytes}...}}.
-- Atomic: one script. O(versions).
local kept = {}
for _, field in ipairs(call('HKEYS', FILES)) do
  local number = string.match(field, '^m:(%d+)$')
  if number then
    local note = unpack(call('HGET', FILES, field))
    table.insert(note, 1, tonumber(number))
    kept[#kept + 1] = note
  end
end
table.sort(kept, function(a, b) return a[1] > b[1] end)
return answer(tonumber(call('HGET', FILES, 'version')) or 0, kept)
