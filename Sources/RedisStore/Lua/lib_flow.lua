-- How people flow through a home queue: moving means, in whole numbers. Needs lib_base.
--
-- Field `w:<group>` of the site's hash, 26 doubles of eight bytes: last assignment, work, waited,
-- left, then for each level from 0 to 10: mean interval between two starts, last start; so that one
-- is read and written without the others. Instants by the site's clock
-- in milliseconds, 0 for none. `work`: time between two assignments while somebody waited, times
-- the agents then online, in ms. `waited`, `left`: of those whose ticket left, how long they had
-- waited in ms, and the share that gave up, in millionths. Means of 0 are unknown.
local LONGEST = 3600000
local flows
beginnings[#beginnings + 1] = function() flows = {} end

local function flow_of(group)
  local known = flows[group]
  if not known then
    known = call('HGET', SITE, 'w:' .. group) or string.rep('\0', 26 * 8)
    flows[group] = known
  end
  return known
end

local function keep_flow(group, flow)
  flows[group] = flow
  call('HSET', SITE, 'w:' .. group, flow)
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
  local flow, at = flow_of(group), 8 * (4 + 2 * level)
  local mean, last = struct.unpack('<dd', flow, at + 1)
  if last > 0 then mean = moved(mean, 7, interval_since(last)) end
  keep_flow(group, sub(flow, 1, at) .. struct.pack('<dd', mean, now)
    .. sub(flow, at + 17))
end

-- A ticket is gone from the class: so long its session waited, and it gave up or did not.
local function note_gone(S, last, work, waited, left, gave_up)
  local wait = math.max(0, now - S.arrived)
  if waited == 0 then
    waited, left = wait, gave_up
  else
    waited = math.floor((31 * waited + wait) / 32)
    left = math.floor((31 * left + gave_up) / 32)
  end
  keep_flow(S.group, struct.pack('<dddd', last, work, waited, left)
    .. sub(flow_of(S.group), 33))
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
  local last, work, waited, left = struct.unpack('<dddd', flow_of(S.group))
  if last > 0 and (S.arrived <= last or has_waited(S.group, last)) then
    local present = math.max(1, call('SCARD', P .. 'o:' .. S.group))
    work = moved(work, 15, interval_since(last) * present)
  end
  note_gone(S, now, work, waited, left, 0)
end

-- A session ends; if it still has its ticket its customer gave up.
local function note_left(S)
  if not S.ticket then return end
  local last, work, waited, left = struct.unpack('<dddd', flow_of(S.group))
  note_gone(S, last, work, waited, left, 1000000)
end

-- {agents of the home group online, of the other groups, now, the flow as it is kept}: who reads it
-- takes an interval for at least as long as the time since the last start. `others` may name the
-- home group, and a group twice: neither counts. O(others).
local function flow_record(group, others)
  local helpers, seen = 0, { [group] = true }
  for _, other in ipairs(others) do
    if not seen[other] then
      seen[other] = true
      helpers = helpers + call('SCARD', P .. 'o:' .. other)
    end
  end
  return { call('SCARD', P .. 'o:' .. group), helpers, now, flow_of(group) }
end
