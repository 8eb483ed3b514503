-- Queues, agents and the match between them. Needs lib_base, lib_session, lib_flow, lib_bot.
--
-- Queue of a group: one zset for each level and head start that occur in it,
-- `q:<group>:<level>:<head start>`, score when the session arrived, member its arrival number (12
-- digits) and identifier; the set `b:<group>` names those zsets, `groups` the groups that have any.
-- So counts, the longest wait and the true order are read, never kept apart. They hold exactly the
-- sessions that are queued with their customer connected.
-- Hash `a:<agent>`: `st` status, `re` reachability, `cap`, `g` groups, `fs` free since, `la` last
-- assignment, `av` 1 while available, `on` 1 while online and connected. Zset `h:<agent>`: sessions
-- he holds, by arrival. `f:<group>`: available agents, the best first. `o:<group>`: those online.
-- Zset `g:<group>`: everybody of it, score what he shows (see `standing_of`).
local LOOK = 64
-- What a sweep has to match when all that is due has been dealt with; nil outside of sweeps.
local deferred

-- What an agent shows: 0 free, 1 full, 2 busy, 3 away, 4 dropped off, 5 offline.
local function standing_of(A)
  if A.status == 'offline' or A.reach == 'gone' then return 5 end
  if A.reach == 'grace' then return 4 end
  if A.status == 'away' then return 3 end
  if A.status == 'busy' then return 2 end
  return A.held < A.capacity and 0 or 1
end

local function load_agent(id)
  local known = agents[id]
  if known then return known end
  local r = call('HMGET', P .. 'a:' .. id, 'st', 're', 'cap', 'g', 'fs', 'la', 'av', 'on')
  if not r[1] then return nil end
  known = {
    id = id, key = P .. 'a:' .. id, status = r[1], reach = r[2], capacity = tonumber(r[3]),
    groups = {}, group_text = r[4], free_since = tonumber(r[5]), last = tonumber(r[6]),
    available = r[7] == '1', on = r[8] == '1', held = call('ZCARD', P .. 'h:' .. id),
  }
  for group in string.gmatch(r[4], '[^,]+') do known.groups[#known.groups + 1] = group end
  known.standing = standing_of(known)
  agents[id] = known
  agents_before[id] = { status = known.status, reach = known.reach, held = known.held,
    capacity = known.capacity, group_text = known.group_text }
  return known
end

local function agent_record(A)
  return { A.id, A.status, A.reach, A.capacity, A.held, A.group_text }
end

-- Lower is better; ties go by identifier. Load is in thousandths of the capacity, then free since:
-- together below 2^53.
local function score_of(A)
  if selection == 'longest-idle' then return A.free_since end
  if selection == 'round-robin' then return A.last end
  local load = math.floor(A.held * 1000 / math.max(A.capacity, 1))
  return load * 2199023255552 + A.free_since - 1700000000000
end

-- Brings the agent's places in his groups in line with what he now is. `freed`: he lost a session.
local function refresh(A, freed)
  local on = A.status == 'online' and A.reach == 'connected'
  local available = on and A.held < A.capacity
  if freed or (on and not A.on) then
    A.free_since = now
    call('HSET', A.key, 'fs', int(now))
  end
  for _, group in ipairs(A.groups) do
    if available then
      call('ZADD', P .. 'f:' .. group, int(score_of(A)), A.id)
    elseif A.available then
      call('ZREM', P .. 'f:' .. group, A.id)
    end
    if on and not A.on then
      call('SADD', P .. 'o:' .. group, A.id)
    elseif A.on and not on then
      call('SREM', P .. 'o:' .. group, A.id)
    end
  end
  local standing = standing_of(A)
  if standing ~= A.standing then
    A.standing = standing
    for _, group in ipairs(A.groups) do call('ZADD', P .. 'g:' .. group, standing, A.id) end
  end
  if available ~= A.available or on ~= A.on then
    A.available, A.on = available, on
    call('HSET', A.key, 'av', available and '1' or '0', 'on', on and '1' or '0')
  end
end

-- Agents examined over all targets of one report, and targets looked at.
local EXAMINED, REPORTED = 16, 8

-- Who is in the targets in force, as raw as it is found, three for each target: {index, {agent,
-- what he shows, ...}, false or how many show 0, 1, 2... of a group with more than were looked at,
-- ...}. Small groups cost one command; looks at 16 agents and 8 targets.
local function report_of(S)
  local left, list = EXAMINED, {}
  for k = 1, math.min(S.opened, REPORTED) do
    local key, at = P .. 'g:' .. S.openings[3 * k - 2], #list
    local found = left > 0 and call('ZRANGE', key, '0', int(left - 1), 'WITHSCORES') or {}
    local counts = false
    if #found == 2 * left then
      local rest, shown = call('ZCARD', key), 0
      counts = {}
      while rest > 0 and shown <= 5 do
        local count = call('ZCOUNT', key, int(shown), int(shown))
        counts[#counts + 1], rest, shown = count, rest - count, shown + 1
      end
    end
    left = left - #found / 2
    list[at + 1], list[at + 2], list[at + 3] = k - 1, found, counts
  end
  return list
end

-- Whom the session passes over at present.
local function passed_over(S)
  local list = {}
  for agent, until_when in pairs(S.excluded or {}) do
    if until_when > now then list[#list + 1] = agent end
  end
  return list
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

-- Enters the queues of the openings `from`...`to` (all in force by default).
local function enter_queues(S, from)
  local member, arrived = member_of(S), int(S.arrived)
  for k = from or 1, S.opened do
    local group = S.openings[3 * k - 2]
    call('ZADD', P .. 'q:' .. group .. ':' .. S.bucket, arrived, member)
    if call('SADD', P .. 'b:' .. group, S.bucket) == 1 then
      call('SADD', P .. 'groups', group)
    end
  end
end

local function leave_queues(S)
  local member = member_of(S)
  for k = 1, S.opened do
    call('ZREM', P .. 'q:' .. S.openings[3 * k - 2] .. ':' .. S.bucket, member)
  end
end

-- Opens the steps whose time has come, the newest one having opened at an instant, and sets the
-- deadline of the next. Each one's time runs from its own opening.
local function open_steps(S, instant)
  local before, count = S.opened, #S.openings / 3
  while S.opened < count and instant + S.openings[3 * S.opened - 1] <= now do
    instant = instant + S.openings[3 * S.opened - 1]
    S.opened = S.opened + 1
  end
  if S.opened > before then call('HSET', S.key, 'n', int(S.opened)) end
  if S.opened < count then
    call('ZADD', P .. 'dl', int(instant + S.openings[3 * S.opened - 1]), 's:' .. S.id)
  end
end

-- Gives the waiting session to the agent: an offer, or at once when the session asks for none.
-- `change`: a person decided, and nobody is asked.
local function assign(S, A, change)
  S.state = S.offer and not change and 'o' or 'a'
  change = change or (S.state == 'o' and 'offered' or 'assigned')
  local match = pack({ redis_now, change, A.id, S.by or false, selection, A.held, A.capacity,
    now - A.free_since, passed_over(S), report_of(S) })
  if S.ticket then note_assigned(S) end
  leave_queues(S)
  depart(S)
  call('ZADD', P .. 'h:' .. A.id, int(S.arrival), S.id)
  A.held = A.held + 1
  A.last = call('HINCRBY', SITE, 'rr', 1)
  call('HSET', A.key, 'la', int(A.last))
  S.agent = A.id
  if S.state == 'o' then
    S.offer_due = now + S.offer
    call('ZADD', P .. 'dl', int(S.offer_due), 'o:' .. S.id)
  else
    void_choice(S)
    free_bot(S)
  end
  refresh(A)
  changed(S, change, 'st', S.state, 'a', A.id, 'm', match)
end

-- The best available agent for the session, over its opened targets in order. Looks at no more than
-- 64 in each.
local function best_agent(S)
  for k = 1, S.opened do
    local key = P .. 'f:' .. S.openings[3 * k - 2]
    local first = call('ZRANGE', key, '0', '0')[1]
    if first then
      if not is_excluded(S, first) then return load_agent(first) end
      for _, id in ipairs(call('ZRANGE', key, 1, LOOK - 1)) do
        if not is_excluded(S, id) then return load_agent(id) end
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

-- Whether the first of two places in true order comes before the second; nil comes last.
local function is_before(order, member, other_order, other)
  return not other or order < other_order or (order == other_order and member < other)
end

-- The first session in one zset that does not exclude the agent, if it comes before `best`: its
-- member and true order. Looks at no more than 64. Third, whether the zset is empty.
local function first_for(A, key, ahead, best_order, best)
  local from, last = 0, '0'
  while from < LOOK do
    local heads = call('ZRANGE', key, int(from), last, 'WITHSCORES')
    if not heads[1] then return nil, nil, from == 0 end
    for k = 1, #heads, 2 do
      local member, order = heads[k], heads[k + 1] - ahead
      if not is_before(order, member, best_order, best) then return nil end
      local packed = call('HGET', P .. 's:' .. sub(member, 13), 'x')
      local until_when = packed and unpack(packed)[A.id]
      if not (until_when and until_when > now) then return member, order end
    end
    from, last = from + #heads / 2, '63'
  end
end

-- The first in true order over all queues of the agent's groups.
local function best_session(A)
  local best, best_order
  for _, group in ipairs(A.groups) do
    for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. group)) do
      local key = P .. 'q:' .. group .. ':' .. bucket
      local member, order, is_empty = first_for(A, key, head_start(bucket), best_order, best)
      if member then
        best, best_order = member, order
      elseif is_empty then
        call('SREM', P .. 'b:' .. group, bucket)
      end
    end
  end
  return best and load_session(sub(best, 13))
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
