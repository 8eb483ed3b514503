-- How people flow through a home queue: moving means, in whole numbers. Needs lib_base.
--
-- Field `w:<group>` of the site's hash: packed {last assignment, work, waited, left, then for each
-- level from 0 to 10: mean interval between two starts, last start}. Instants by the site's clock
-- in milliseconds, 0 for none. `work`: time between two assignments while somebody waited, times
-- the agents then online, in ms. `waited`, `left`: of those whose ticket left, how long they had
-- waited in ms, and the share that gave up, in millionths. Means of 0 are unknown.
local LONGEST = 3600000
local flows
beginnings[#beginnings + 1] = function() flows = {} end

local function flow_of(group)
  local known = flows[group]
  if known then return known end
  local kept = call('HGET', SITE, 'w:' .. group)
  known = kept and unpack(kept) or { 0, 0, 0, 0 }
  for k = #known + 1, 26 do known[k] = 0 end
  flows[group] = known
  return known
end

local function keep_flow(group)
  call('HSET', SITE, 'w:' .. group, pack(flows[group]))
end

local function interval_since(last)
  return math.min(math.max(now - last, 0), LONGEST)
end

-- `count` times the old mean and once the new value, or the value when there is no mean yet.
local function moved(mean, count, value)
  return mean == 0 and value or math.floor((count * mean + value) / (count + 1))
end

-- A session was started. O(1).
local function note_arrival(group, level)
  local flow, k = flow_of(group), 5 + 2 * level
  if flow[k + 1] > 0 then flow[k] = moved(flow[k], 7, interval_since(flow[k + 1])) end
  flow[k + 1] = now
  keep_flow(group)
end

local function note_gone(flow, S, left)
  local waited = math.max(0, now - S.arrived)
  if flow[3] == 0 then
    flow[3], flow[4] = waited, left
  else
    flow[3] = math.floor((31 * flow[3] + waited) / 32)
    flow[4] = math.floor((31 * flow[4] + left) / 32)
  end
  keep_flow(S.group)
end

-- Whether somebody in the queue has waited since then. O(levels).
local function has_waited(group, since)
  for _, target in ipairs({ group, group .. '~' }) do
    for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do
      local first = call('ZRANGE', P .. 'q:' .. target .. ':' .. bucket, '0', '0', 'WITHSCORES')
      if first[1] and tonumber(first[2]) <= since then return true end
    end
  end
  return false
end

-- A session with a ticket goes to an agent; it is still in its queues. Only time in which somebody
-- waited says how long an assignment takes.
local function note_assigned(S)
  local flow = flow_of(S.group)
  local last = flow[1]
  if last > 0 and (S.arrived <= last or has_waited(S.group, last)) then
    local present = math.max(1, call('SCARD', P .. 'o:' .. S.group))
    flow[2] = moved(flow[2], 15, interval_since(last) * present)
  end
  flow[1] = now
  note_gone(flow, S, 0)
end

-- A session ends; if it still has its ticket its customer gave up.
local function note_left(S)
  if S.ticket then note_gone(flow_of(S.group), S, 1000000) end
end

-- {agents of the home group online, of the other groups, work, waited, left, then for each level
-- the interval between two starts, at least the time since the last}. `others` may name the home
-- group, and a group twice: neither counts. O(others).
local function flow_record(group, others)
  local flow, helpers, seen = flow_of(group), 0, { [group] = true }
  for _, other in ipairs(others) do
    if not seen[other] then
      seen[other] = true
      helpers = helpers + call('SCARD', P .. 'o:' .. other)
    end
  end
  local list = { call('SCARD', P .. 'o:' .. group), helpers, flow[2], flow[3], flow[4] }
  for k = 5, 25, 2 do
    list[#list + 1] = flow[k] == 0 and 0 or math.max(flow[k], now - flow[k + 1])
  end
  return list
end
