-- Queues, agents and the match between them. Needs lib_base, lib_session and lib_flow.
--
-- Targets are named in lib_targets. Queue of a target: one zset for each level and head start
-- that occur in it, `q:<target>:<level>:<head start>`, score when the session arrived, member its
-- arrival number (12 digits) and identifier; the set `b:<target>` names those zsets, `groups` the
-- targets that have any. So counts, the longest wait and the true order are read, never kept
-- apart. They hold exactly the sessions that are queued with their customer connected. The
-- pseudo-target `<group>~` is nobody's: it holds those that wait for the group with a requirement
-- only, so that the group's queue is the two together.
-- Hash `a:<agent>`: `st` status, `re` reachability, `cap`, `g` groups, `fs` free since, `la` last
-- assignment, `av` 1 while available, `on` 1 while online and connected, `cu` the place "order
-- member" up to which all sessions he might have pass him over, while a search goes on. Zset
-- `h:<agent>`: sessions he holds, by arrival. `f:<target>`: available agents, the best first.
-- `o:<target>`: those online. Set `lo`: agents with a search going on.
local LOOK = 64
-- Exclusions for good end at this instant.
local FOREVER = 9000000000000000
-- Targets whose last agent went in this step.
local emptied = {}
-- What a sweep has to match when all that is due has been dealt with; nil outside of sweeps.
local deferred

local function load_agent(id)
  local known = agents[id]
  if known then return known end
  local r = call('HMGET', P .. 'a:' .. id, 'st', 're', 'cap', 'g', 'fs', 'la', 'av', 'on',
    'sg', 'cu')
  if not r[1] then return nil end
  known = {
    id = id, key = P .. 'a:' .. id, status = r[1], reach = r[2], capacity = tonumber(r[3]),
    groups = {}, group_text = r[4], free_since = tonumber(r[5]), last = tonumber(r[6]),
    available = r[7] == '1', on = r[8] == '1', held = call('ZCARD', P .. 'h:' .. id),
    signatures = {}, proficiency = {},
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
  agents[id] = known
  agents_before[id] = { status = known.status, reach = known.reach, held = known.held,
    capacity = known.capacity, group_text = known.group_text }
  return known
end

local function agent_record(A)
  return { A.id, A.status, A.reach, A.capacity, A.held, A.group_text }
end

-- The group of a target, nil for one agent's own.
local function group_of(target)
  return string.match(target, '^[^~@]+')
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

-- One target more that the agent serves.
local function join_target(A, target)
  if A.on then call('SADD', P .. 'o:' .. target, A.id) end
  if A.available then call('ZADD', P .. 'f:' .. target, int(score_of(A, target)), A.id) end
end

-- Whether somebody of the target is online and connected.
local function is_served(target)
  if sub(target, 1, 1) == '@' then
    local A = load_agent(sub(target, 2))
    return A and A.on
  end
  return call('EXISTS', P .. 'o:' .. target) == 1
end

-- Brings the agent's places at his targets in line with what he now is. `freed`: he lost a session.
local function refresh(A, freed)
  local on = A.status == 'online' and A.reach == 'connected'
  local available = on and A.held < A.capacity
  if freed or (on and not A.on) then
    A.free_since = now
    call('HSET', A.key, 'fs', int(now))
  end
  for _, targets in ipairs({ A.groups, A.signatures }) do
    for _, target in ipairs(targets) do
      if available then
        call('ZADD', P .. 'f:' .. target, int(score_of(A, target)), A.id)
      elseif A.available then
        call('ZREM', P .. 'f:' .. target, A.id)
      end
      if on and not A.on then
        call('SADD', P .. 'o:' .. target, A.id)
      elseif A.on and not on then
        call('SREM', P .. 'o:' .. target, A.id)
        emptied[target] = true
      end
    end
  end
  if A.on and not on then emptied['@' .. A.id] = true end
  if not available then stop_looking(A) end
  if available ~= A.available or on ~= A.on then
    A.available, A.on = available, on
    call('HSET', A.key, 'av', available and '1' or '0', 'on', on and '1' or '0')
  end
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
  if call('SADD', P .. 'b:' .. target, S.bucket) == 1 then call('SADD', P .. 'groups', target) end
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
      call('ZREM', P .. 'q:' .. group .. '~:' .. S.bucket, member)
    end
  end
end

local function leave_queues(S)
  local member = member_of(S)
  for k = 1, S.opened do
    local target = S.openings[3 * k - 2]
    call('ZREM', P .. 'q:' .. target .. ':' .. S.bucket, member)
    if S.asks and group_of(target) then
      call('ZREM', P .. 'q:' .. group_of(target) .. '~:' .. S.bucket, member)
    end
  end
end

-- The session's newest open step is not that one any more.
local function leave_step(S, step)
  if S.openings[3 * step] and 3 * step < #S.openings then
    call('ZREM', P .. 'n:' .. S.openings[3 * step - 2], S.id)
  end
end

-- Gives the waiting session to the agent: an offer, or at once when the session asks for none.
-- `change`: a person decided, and nobody is asked.
local function assign(S, A, change)
  if S.ticket then note_assigned(S) end
  leave_queues(S)
  depart(S)
  call('ZADD', P .. 'h:' .. A.id, int(S.arrival), S.id)
  A.held = A.held + 1
  A.last = call('HINCRBY', SITE, 'rr', 1)
  call('HSET', A.key, 'la', int(A.last))
  S.agent = A.id
  S.state = S.offer and not change and 'o' or 'a'
  if S.state == 'o' then
    S.offer_due = now + S.offer
    call('ZADD', P .. 'dl', int(S.offer_due), 'o:' .. S.id)
  else
    void_choice(S)
  end
  refresh(A)
  changed(S, change or (S.state == 'o' and 'offered' or 'assigned'), 'st', S.state, 'a', A.id)
end

-- Whether the session comes after the place up to which the agent's search has come.
local function is_behind(S, cursor)
  local order = order_of(S)
  return order > cursor.order or (order == cursor.order and member_of(S) > cursor.member)
end

-- The agent, if he may have the session. While he is being searched for, those he has not come to
-- wait for him.
local function if_free_for(S, id)
  if is_excluded(S, id) then return nil end
  local A = load_agent(id)
  if not A or not A.available or (A.cursor and is_behind(S, A.cursor)) then return nil end
  return A
end

-- The best available agent for the session, over its opened targets in order. Passes over no more
-- than the session excludes or are searched for.
local function best_agent(S)
  for k = 1, S.opened do
    local target = S.openings[3 * k - 2]
    if sub(target, 1, 1) == '@' then
      local A = if_free_for(S, sub(target, 2))
      if A then return A end
    else
      local from, page = 0, { true }
      while page[1] do
        page = call('ZRANGE', P .. 'f:' .. target, int(from), from == 0 and '0' or int(from + LOOK))
        from = from + #page
        for _, id in ipairs(page) do
          local A = if_free_for(S, id)
          if A then return A end
        end
      end
    end
  end
end

-- Finds an agent for a session that is queued with its customer connected.
local function match_session(S)
  if deferred then
    deferred.sessions[S.id] = S
    return
  end
  if S.state ~= 'q' or not S.connected then return end
  local A = best_agent(S)
  if A then assign(S, A) end
end

-- Reads on in a queue: sets its first unread member and that one's true order, nil at its end.
local function read_on(queue)
  queue.at = queue.at + 2
  if queue.at > #queue.heads then
    local last = queue.at == 1 and queue.from or queue.from + LOOK - 1
    queue.heads = call('ZRANGE', queue.key, int(queue.from), int(last), 'WITHSCORES')
    queue.from, queue.at = queue.from + #queue.heads / 2, 1
  end
  queue.member = queue.heads[queue.at]
  queue.order = queue.member and queue.heads[queue.at + 1] - queue.ahead
end

-- Every queue the agent serves, each read up to its first member behind his cursor.
local function queues_of(A)
  local queues = {}
  for _, targets in ipairs({ A.groups, A.signatures, { '@' .. A.id } }) do
    for _, target in ipairs(targets) do
      for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do
        local queue = { key = P .. 'q:' .. target .. ':' .. bucket, ahead = head_start(bucket),
          from = 0, at = -1, heads = {} }
        local cursor = A.cursor
        if cursor then
          local edge = '(' .. int(cursor.order + queue.ahead)
          queue.from = call('ZCOUNT', queue.key, '-inf', edge)
        end
        read_on(queue)
        while cursor and queue.member and queue.order == cursor.order
          and queue.member <= cursor.member do
          read_on(queue)
        end
        if queue.member then
          queues[#queues + 1] = queue
        elseif not cursor then
          call('SREM', P .. 'b:' .. target, bucket)
        end
      end
    end
  end
  return queues
end

-- The first in true order over all queues the agent serves that does not pass him over. After 64
-- that do the search is left for the next step: `looking` tells the nodes, one of which calls
-- match.lua, and the place it came to is kept.
local function best_session(A)
  local queues, looked, last, last_order = queues_of(A), 0, nil, nil
  while true do
    local best
    for _, queue in ipairs(queues) do
      if queue.member and (not best or queue.order < best.order
        or (queue.order == best.order and queue.member < best.member)) then
        best = queue
      end
    end
    if not best then
      stop_looking(A)
      return nil
    end
    if best.member ~= last then
      if looked == LOOK then
        A.cursor = { order = last_order, member = last }
        call('HSET', A.key, 'cu', int(last_order) .. ' ' .. last)
        call('SADD', P .. 'lo', A.id)
        notify({ 'g', A.id })
        return nil
      end
      local packed = call('HGET', P .. 's:' .. sub(best.member, 13), 'x')
      local until_when = packed and unpack(packed)[A.id]
      if not (until_when and until_when > now) then return load_session(sub(best.member, 13)) end
      looked, last, last_order = looked + 1, best.member, best.order
    end
    read_on(best)
  end
end

-- Matches sessions in true order.
local function match_sessions(list)
  table.sort(list, function(a, b)
    local left, right = order_of(a), order_of(b)
    return left < right or (left == right and a.arrival < b.arrival)
  end)
  for _, S in ipairs(list) do match_session(S) end
end

-- Fills the agent's free slots. At most as many rounds as he may hold sessions.
local function match_agent(A)
  if deferred then
    deferred.agents[A.id] = A
    return 0
  end
  local count = 0
  while A.available do
    local S = best_session(A)
    if not S then break end
    assign(S, A)
    count = count + 1
  end
  return count
end
