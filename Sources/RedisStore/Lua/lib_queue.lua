-- Queues and agents. Needs lib_base, lib_session, lib_flow and lib_bot. lib_match goes with it.
--
-- Targets are named in lib_targets. Queue of a target: one zset for each level and head start
-- that occur in it, `q:<target>:<level>:<head start>`, score when the session arrived, member its
-- arrival number (12 digits) and identifier; the set `b:<target>` names those zsets, `groups` the
-- targets that have any. Zset `tq:<target>`: the same members over all levels in true order, score
-- when the session arrived less its head start. So counts, the longest wait and the next one are
-- read, never counted. They hold exactly the sessions that are queued with their customer
-- connected. The pseudo-target `<group>~` is nobody's: it holds those that wait for the group with
-- a requirement only, so that the group's queue is the two together.
-- Hash `a:<agent>`: `st` status, `re` reachability, `cap`, `g` groups, `fs` free since, `la` last
-- assignment, `av` 1 while available, `on` 1 while online and connected, `cu` the place "order
-- member" up to which all sessions he might have pass him over, while a search goes on, `rs` `si`
-- `by` why he has his status, since when by the site's clock, and which supervisor set it, `rl`
-- sessions he may hold while he comes in slowly, one more each `rv` ms, `lb` how lines name him
-- (lib_line). Zset
-- `h:<agent>`: sessions he holds, by arrival. `f:<target>`: available agents, the best first.
-- `o:<target>`: those online. Both are empty while the target's group is out of hours. Set `lo`:
-- agents with a search going on.
-- Zset `g:<group>`: everybody of it, score what he shows (see `standing_of`).
local LOOK = 64
-- Exclusions for good end at this instant.
local FOREVER = 9000000000000000
-- Targets whose last agent went in this step.
local emptied
-- What a sweep has to match when all that is due has been dealt with; nil outside of sweeps.
local deferred
-- Agents who changed in this step and are not written down yet: see `settle`.
local unsettled
beginnings[#beginnings + 1] = function() emptied, deferred, unsettled = {}, nil, {} end

-- The group of a target, nil for one agent's own.
local function group_of(target)
  return string.match(target, '^[^~@]+')
end

-- Whether the target's group is out of hours: then nobody is there for it. An agent's own target
-- has no hours.
local function is_shut(target)
  if not shut then return false end
  local group = group_of(target)
  return group and find(shut, ',' .. group .. ',', 1, true) ~= nil
end

-- Whether every group of its plan is out of hours.
local function is_plan_shut(S)
  local any = false
  for k = 1, #S.openings, 3 do
    if group_of(S.openings[k]) then
      if not is_shut(S.openings[k]) then return false end
      any = true
    end
  end
  return any
end

-- Sessions he may be given: his capacity, or less while he comes in slowly.
local function limit_of(A)
  return A.ramp and math.min(A.ramp, A.capacity) or A.capacity
end

-- What an agent shows: 0 free, 1 full, 2 busy, 3 away, 4 dropped off, 5 offline.
local function standing_of(A)
  if A.status == 'offline' or A.reach == 'gone' then return 5 end
  if A.reach == 'grace' then return 4 end
  if A.status == 'away' then return 3 end
  if A.status == 'busy' then return 2 end
  return A.held < limit_of(A) and 0 or 1
end

local function load_agent(id)
  local known = agents[id]
  if known then return known end
  local r = call('HMGET', P .. 'a:' .. id, 'st', 're', 'cap', 'g', 'fs', 'la', 'av', 'on',
    'sg', 'cu', 'rs', 'si', 'by', 'rl')
  if not r[1] then return nil end
  known = {
    id = id, key = P .. 'a:' .. id, status = r[1], reach = r[2], capacity = tonumber(r[3]),
    groups = {}, group_text = r[4], free_since = tonumber(r[5]), last = tonumber(r[6]),
    available = r[7] == '1', on = r[8] == '1', held = call('ZCARD', P .. 'h:' .. id),
    signatures = {}, proficiency = {}, reason = r[11] or '', since = tonumber(r[12]),
    by = r[13], ramp = tonumber(r[14]),
  }
  for group in string.gmatch(r[4], '[^,]+') do known.groups[#known.groups + 1] = group end
  for name, sum in string.gmatch(r[9] or '', '([^,=]+)=(%d+)') do
    known.signatures[#known.signatures + 1] = name
    known.proficiency[name] = tonumber(sum)
  end
  if r[10] then
    local blank = find(r[10], ' ', 1, true)
    known.cursor = { order = tonumber(sub(r[10], 1, blank - 1)), member = sub(r[10], blank + 1) }
  end
  known.standing, known.placed = standing_of(known), known.available
  agents[id] = known
  agents_before[id] = { status = known.status, reach = known.reach, held = known.held,
    capacity = known.capacity, group_text = known.group_text, reason = known.reason,
    by = known.by, ramp = known.ramp }
  return known
end

local function agent_record(A)
  return { A.id, A.status, A.reach, A.capacity, A.held, A.group_text, A.reason,
    math.max(0, now - A.since), A.ramp or false, A.by or false }
end

-- Writes the status down; `refresh` brings his places in line with it.
local function note_status(A, status, reason, by)
  if A.status ~= status or A.reason ~= reason then
    A.since = now
    call('HSET', A.key, 'si', int(now))
  end
  A.status, A.reason, A.by = status, reason, by
  call('HSET', A.key, 'st', status, 'rs', reason)
  if by then call('HSET', A.key, 'by', by) else call('HDEL', A.key, 'by') end
end

local function end_ramp(A)
  A.ramp = nil
  call('HDEL', A.key, 'rl', 'rv')
  call('ZREM', P .. 'dl', 'r:' .. A.id)
end

-- Lower is better; ties go by identifier. Load is in thousandths of the capacity, then free since:
-- together below 2^53. With proficiency, where skills are asked for, their sum comes first and free
-- since counts in seconds.
local function score_of(A, target)
  if selection == 'proficiency' and (A.proficiency[target] or 0) > 0 then
    local load = math.floor(A.held * 1000 / math.max(A.capacity, 1))
    return load * 2147483648 + math.floor(A.free_since / 1000) - 1700000000
      - A.proficiency[target] * 2199023255552
  end
  if selection == 'longest-idle' then return A.free_since end
  if selection == 'round-robin' then return A.last end
  local load = math.floor(A.held * 1000 / math.max(A.capacity, 1))
  return load * 2199023255552 + A.free_since - 1700000000000
end

-- The search is over, or begins anew.
local function stop_looking(A)
  if not A.cursor then return end
  A.cursor = nil
  call('HDEL', A.key, 'cu')
  call('SREM', P .. 'lo', A.id)
end

-- One target more that the agent serves, or one that has opened.
local function join_target(A, target)
  if is_shut(target) then return end
  if A.on then call('SADD', P .. 'o:' .. target, A.id) end
  if not A.available then return end
  call('ZADD', P .. 'f:' .. target, int(score_of(A, target)), A.id)
  A.placed = true -- `settle` takes him away again if this step takes him
end

-- Whether somebody of the target is online and connected, and its group within its hours.
local function is_served(target)
  if sub(target, 1, 1) == '@' then
    local A = load_agent(sub(target, 2))
    return A and A.on
  end
  return call('EXISTS', P .. 'o:' .. target) == 1
end

-- Writes down who is available where. An agent who gave a session away and got another in one step
-- has most of it as it was: so this waits until somebody looks, or the step ends.
local function settle()
  for id, A in pairs(unsettled) do
    for _, targets in ipairs({ A.groups, A.signatures }) do
      for _, target in ipairs(targets) do
        if is_shut(target) then
          -- Nobody is there for it.
        elseif A.available then
          call('ZADD', P .. 'f:' .. target, int(score_of(A, target)), id)
        elseif A.placed then
          call('ZREM', P .. 'f:' .. target, id)
        end
      end
    end
    A.placed = A.available
    call('HSET', A.key, 'fs', int(A.free_since), 'la', int(A.last), 'av',
      A.available and '1' or '0', 'on', A.on and '1' or '0')
  end
  unsettled = {}
end
endings[#endings + 1] = settle

-- Brings the agent's places at his targets in line with what he now is. `change`: `freed` when he
-- lost a session, `given` when he got one.
local function refresh(A, change)
  local on = A.status == 'online' and A.reach == 'connected'
  local available = on and A.held < limit_of(A)
  if change == 'given' then A.last = call('HINCRBY', SITE, 'rr', '1') end
  if change == 'freed' or (on and not A.on) then A.free_since = now end
  if on ~= A.on then
    for _, targets in ipairs({ A.groups, A.signatures }) do
      for _, target in ipairs(targets) do
        if not is_shut(target) then
          call(on and 'SADD' or 'SREM', P .. 'o:' .. target, A.id)
          if not on then emptied[target] = true end
        end
      end
    end
    if not on then emptied['@' .. A.id] = true end
  end
  if not available then stop_looking(A) end
  local standing = standing_of(A)
  if standing ~= A.standing then
    A.standing = standing
    for _, group in ipairs(A.groups) do call('ZADD', P .. 'g:' .. group, standing, A.id) end
  end
  A.available, A.on = available, on
  unsettled[A.id] = A
end

local function is_excluded(S, agent)
  local until_when = S.excluded and S.excluded[agent]
  return until_when and until_when > now
end

-- What a level is credited with, from the name of its zset.
local function head_start(bucket)
  return tonumber(sub(bucket, find(bucket, ':', 1, true) + 1))
end

-- Where a session stands in true order; equal ones go by arrival number.
local function order_of(S)
  return S.arrived - head_start(S.bucket)
end

local function member_of(S)
  return format('%012d', S.arrival) .. S.id
end

-- The groups in whose queue the session stands with a requirement only, or not any more, by name.
local function views_of(S)
  local views = {}
  for k = 1, S.opened do
    local target = S.openings[3 * k - 2]
    local group = group_of(target)
    if group == target then
      views[group] = false
    elseif group and views[group] == nil then
      views[group] = true
    end
  end
  return views
end

local function enter(S, target, member)
  call('ZADD', P .. 'q:' .. target .. ':' .. S.bucket, int(S.arrived), member)
  call('ZADD', P .. 'tq:' .. target, int(order_of(S)), member)
  if call('SADD', P .. 'b:' .. target, S.bucket) == 1 then call('SADD', P .. 'groups', target) end
end

local function leave_queue(S, target, member)
  call('ZREM', P .. 'q:' .. target .. ':' .. S.bucket, member)
  call('ZREM', P .. 'tq:' .. target, member)
end

-- Enters the queues of the openings from `from` on (all that are in force by default).
local function enter_queues(S, from)
  local member = member_of(S)
  for k = from or 1, S.opened do enter(S, S.openings[3 * k - 2], member) end
  if not S.asks then return end
  for group, is_in in pairs(views_of(S)) do
    if is_in then
      enter(S, group .. '~', member)
    else
      leave_queue(S, group .. '~', member)
    end
  end
end

local function leave_queues(S)
  local member = member_of(S)
  for k = 1, S.opened do
    local target = S.openings[3 * k - 2]
    leave_queue(S, target, member)
    if S.asks and group_of(target) then leave_queue(S, group_of(target) .. '~', member) end
  end
end

-- The session's newest open step is not that one any more.
local function leave_step(S, step)
  if S.openings[3 * step] and 3 * step < #S.openings then
    call('ZREM', P .. 'n:' .. S.openings[3 * step - 2], S.id)
  end
end
