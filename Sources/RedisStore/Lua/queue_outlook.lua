-- uses: common
-- How a home queue flows, and how many are before some places in its true order. Nodes ask now and
-- then for the queues their people wait in; nothing is written.
-- ARGV[3] group  [4...] other groups that may take its sessions
-- Returns {ok, flow as in lib_flow's flow_record, waiting, {order, ahead, order, ahead...}} with
-- orders ascending, in ms; or {fenced}. Of each level and head start the first, the last and some
-- between are sampled: 3 to 8, about 24 in all. Atomic: one script. O(levels log n).
if is_fenced() then return FENCED end
local group, others = ARGV[3], {}
for k = 4, #ARGV do others[#others + 1] = ARGV[k] end

local buckets, waiting = {}, 0
for _, target in ipairs({ group, group .. '~' }) do
  for _, name in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do
    local key = P .. 'q:' .. target .. ':' .. name
    local count = call('ZCARD', key)
    if count > 0 then
      buckets[#buckets + 1] = { key = key, count = count, ahead = head_start(name) }
      waiting = waiting + count
    end
  end
end

local orders, seen = {}, {}
local most = math.min(8, math.max(3, math.floor(24 / math.max(1, #buckets))))
for _, bucket in ipairs(buckets) do
  local points = math.min(most, bucket.count)
  for point = 0, points - 1 do
    local place = points == 1 and 0 or math.floor(point * (bucket.count - 1) / (points - 1))
    local found = call('ZRANGE', bucket.key, int(place), int(place), 'WITHSCORES')
    local order = tonumber(found[2]) - bucket.ahead
    if not seen[order] then
      seen[order] = true
      orders[#orders + 1] = order
    end
  end
end
table.sort(orders)

local samples = {}
for _, order in ipairs(orders) do
  local before, edge = 0, '(' .. int(order)
  for _, target in ipairs({ group, group .. '~' }) do
    before = before + call('ZCOUNT', P .. 'tq:' .. target, '-inf', edge)
  end
  samples[#samples + 1] = order
  samples[#samples + 1] = before
end
return answer(flow_record(group, others), waiting, samples)
