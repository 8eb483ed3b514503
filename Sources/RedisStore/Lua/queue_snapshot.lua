-- uses: base session flow bot queue left
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
  local key, colon = P .. 'q:' .. target .. ':' .. bucket, find(bucket, ':', 1, true)
  local level, ahead = tonumber(sub(bucket, 1, colon - 1)), tonumber(sub(bucket, colon + 1))
  local first = call('ZRANGE', key, 0, 49, 'WITHSCORES')
  if first[1] then
    counts[level] = (counts[level] or 0) + call('ZCARD', key)
    longest = math.max(longest, now - tonumber(first[2]))
    for k = 1, #first, 2 do
      local arrived = tonumber(first[k + 1])
      heads[#heads + 1] = { member = first[k], arrived = arrived, order = arrived - ahead,
        level = level }
    end
  end
end
for _, target in ipairs({ group, group .. '~' }) do
  for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do look_at(target, bucket) end
end
table.sort(heads, function(a, b)
  return a.order < b.order or (a.order == b.order and a.member < b.member)
end)
local entries, levels = {}, {}
for k = 1, math.min(50, #heads) do
  local head = heads[k]
  local id = sub(head.member, 13)
  local topic = unpack(call('HGET', P .. 's:' .. id, 'i'))[6]
  entries[k] = { id, head.level, topic, math.max(0, now - head.arrived) }
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
