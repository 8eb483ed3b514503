-- uses: common
-- What a group's queue holds at this moment.
-- ARGV[3] group  [4] left messages to name at most
-- Returns {ok, {level, count, level, count...}, longest wait in ms, {{session, level, topic, waited
-- in ms}...}, agents online, left messages, ms since the oldest was left, {{message, level, topic,
-- ms since}...}} or {fenced}; the heads are at most 50 and [4], in true order. Atomic: one
-- script. O(levels * (log n + 50)).
if is_fenced() then return FENCED end
local group = ARGV[3]
local counts, longest, heads = {}, 0, {}
local function look_at(target, bucket)
  local key, level = P .. 'q:' .. target .. ':' .. bucket, tonumber(string.match(bucket, '^%d+'))
  local first = call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if first[1] then
    counts[level] = (counts[level] or 0) + call('ZCARD', key)
    longest = math.max(longest, now - tonumber(first[2]))
  end
end
for _, target in ipairs({ group, group .. '~' }) do
  for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do look_at(target, bucket) end
  local first = call('ZRANGE', P .. 'tq:' .. target, 0, 49, 'WITHSCORES')
  for k = 1, #first, 2 do
    heads[#heads + 1] = { member = first[k], order = tonumber(first[k + 1]) }
  end
end
table.sort(heads, function(a, b)
  return a.order < b.order or (a.order == b.order and a.member < b.member)
end)
local entries, levels = {}, {}
for k = 1, math.min(50, #heads) do
  local id = sub(heads[k].member, 13)
  local i = unpack(call('HGET', P .. 's:' .. id, 'i'))
  entries[k] = { id, i[1], i[6], math.max(0, now - i[5]) }
end
for level, count in pairs(counts) do
  levels[#levels + 1] = level
  levels[#levels + 1] = count
end

local oldest, left = call('ZRANGE', P .. 'lt:' .. group, 0, 0, 'WITHSCORES')[2], {}
for k, member in ipairs(call('ZRANGE', P .. 'll:' .. group, 0, ARGV[4] - 1)) do
  local L = load_left(sub(member, 13))
  left[k] = { L.id, L.level, L.topic, math.max(0, redis_now - L.at) }
end
return answer(levels, longest, entries, call('SCARD', P .. 'o:' .. group),
  call('ZCARD', P .. 'll:' .. group), oldest and math.max(0, redis_now - oldest) or 0, left)
