-- How sessions end or come back to their queue, and what happens when people drop off. Needs
-- lib_base, lib_session, lib_flow, lib_queue and lib_left.
--
-- Hash `p`: c:<customer> or a:<agent> -> incarnations he is connected through, comma-separated.
-- Set `in:<incarnation>`: those people. Hash `lg`: incarnation -> graces of its people.

-- Takes the session from its agent; his slot is free afterwards.
local function take_from_agent(S)
  local A = load_agent(S.agent)
  call('ZREM', P .. 'h:' .. A.id, S.id)
  if S.state == 'o' then call('ZREM', P .. 'dl', 'o:' .. S.id) end
  S.offer_due = nil
  A.held = A.held - 1
  refresh(A, true)
  return A
end

-- Ends an open session; the freed agent gets the next one. He stays written in the record. The
-- stream stays; a customer who talked and is not there finds it when he comes back (hash `un`).
local function close_session(S, reason)
  local A
  if find('aw', S.state, 1, true) and not S.connected then
    call('HSET', P .. 'un', S.customer, S.id)
  end
  if S.state == 'q' then
    if S.connected then leave_queues(S) end
  elseif S.agent then
    A = take_from_agent(S)
  end
  note_left(S)
  depart(S)
  S.state, S.reason, S.excluded, S.choice = 'c', reason, nil, false
  call('HDEL', S.key, 'x', 'wc')
  call('HDEL', P .. 'c', S.customer)
  leave_step(S, S.opened)
  for k = 1, #S.openings, 3 do
    local target = S.openings[k]
    local group = group_of(target)
    if group then
      if call('HINCRBY', SITE, 'u:' .. group, -1) == 0 then call('HDEL', SITE, 'u:' .. group) end
      if target ~= group and call('HINCRBY', SITE, 'u:' .. target, -1) == 0 then
        call('HDEL', SITE, 'u:' .. target)
        call('ZADD', P .. 'si', int(now), target)
      end
    end
  end
  call('ZREM', P .. 'dl', 's:' .. S.id, 'p:' .. S.id, 'c:' .. S.customer, 'l:' .. S.id,
    'g:' .. S.id)
  call('ZADD', P .. 'cl', int(now), S.id)
  changed(S, 'closed', 'st', 'c', 'cr', reason, 'ca', int(now))
  if A then match_agent(A) end
end

-- Nobody is left in a session that began as a left message: what nobody answered waits again.
local function return_left(S)
  local from = call('HMGET', S.key, 'lm', 'ln')
  if not from[1] or S.seq ~= tonumber(from[2]) then return end
  local L = load_left(from[1])
  call('HDEL', L.key, 'a', 's')
  call('HSET', L.key, 'st', 'w')
  call('PERSIST', L.key)
  call('HDEL', P .. 'un', S.customer)
  list_left(L)
end

-- Held sessions go back to their queues, hidden, with their arrival. All of them are in before the
-- first is matched, so that the first in true order is served first. One whose customer has gone
-- for good is ended instead. Bounded by what an agent holds.
local function give_back(list, change)
  local waiting = {}
  for _, S in ipairs(list) do
    if not S.connected and not call('ZSCORE', P .. 'dl', 'c:' .. S.customer) then
      close_session(S, 'gone')
      return_left(S)
    else
      take_from_agent(S)
      S.state, S.agent, S.left = 'q', false, S.agent
      call('HDEL', S.key, 'a')
      if S.connected then enter_queues(S) end
      changed(S, change, 'st', 'q')
      waiting[#waiting + 1] = S
    end
  end
  match_sessions(waiting)
end

-- What the agent holds in one of these states, by arrival.
local function held_in(A, states)
  local list = {}
  for _, id in ipairs(call('ZRANGE', P .. 'h:' .. A.id, 0, -1)) do
    local S = load_session(id)
    if find(states, S.state, 1, true) then list[#list + 1] = S end
  end
  return list
end

-- The agent is passed over for this session for so long.
local function exclude(S, agent, milliseconds)
  if milliseconds <= 0 then return end
  S.excluded = S.excluded or {}
  S.excluded[agent] = math.max(S.excluded[agent] or 0, now + milliseconds)
  local first = FOREVER
  for _, until_when in pairs(S.excluded) do first = math.min(first, until_when) end
  call('HSET', S.key, 'x', pack(S.excluded))
  if first < FOREVER then call('ZADD', P .. 'dl', int(first), 'p:' .. S.id) end
end

local function customer_gone(customer)
  call('ZREM', P .. 'dl', 'c:' .. customer)
  local S = open_session_of(customer)
  if not S then return end
  if S.state == 'q' or S.state == 'o' then return close_session(S, 'gone') end
  -- A conversation waits for him a little longer: its agent may still write.
  local more = tonumber(call('HGET', S.key, 'ga'))
  if more then call('ZADD', P .. 'dl', int(now + more), 'g:' .. S.id) end
end

local function customer_lost(customer, grace)
  local S = open_session_of(customer)
  if not S then return end
  if S.state == 'q' then leave_queues(S) end
  S.connected = false
  changed(S, 'customer_lost', 'cc', '0')
  if grace <= 0 then return customer_gone(customer) end
  call('ZADD', P .. 'dl', int(now + grace), 'c:' .. customer)
end

local function set_reach(A, reach)
  A.reach = reach
  call('HSET', A.key, 're', reach)
  refresh(A)
end

local function agent_gone(id)
  local A = load_agent(id)
  call('ZREM', P .. 'dl', 'a:' .. id)
  set_reach(A, 'gone')
  give_back(held_in(A, 'oaw'), 'agent_lost')
end

local function agent_lost(id, grace)
  set_reach(load_agent(id), 'grace')
  if grace <= 0 then return agent_gone(id) end
  call('ZADD', P .. 'dl', int(now + grace), 'a:' .. id)
end

-- The person has no connection on this node any more. When it was his last one, his grace begins.
local function leave(person, incarnation, customer_grace, agent_grace)
  local connected = call('HGET', P .. 'p', person)
  if not connected then return end
  local rest, found = {}, false
  for other in string.gmatch(connected, '[^,]+') do
    if other == incarnation then found = true else rest[#rest + 1] = other end
  end
  if not found then return end
  if #rest > 0 then
    call('HSET', P .. 'p', person, table.concat(rest, ','))
    return
  end
  call('HDEL', P .. 'p', person)
  if sub(person, 1, 1) == 'c' then
    customer_lost(sub(person, 3), customer_grace)
  else
    agent_lost(sub(person, 3), agent_grace)
  end
end

-- Takes at most `limit` people of an ended node through their grace. Returns how many, and whether
-- the node is done with.
local function leave_node(incarnation, limit)
  local graces = call('HGET', P .. 'lg', incarnation) or '0,0'
  local comma = find(graces, ',', 1, true)
  local customer_grace = tonumber(sub(graces, 1, comma - 1))
  local agent_grace = tonumber(sub(graces, comma + 1))
  local people = call('SPOP', P .. 'in:' .. incarnation, limit)
  table.sort(people)
  for _, person in ipairs(people) do leave(person, incarnation, customer_grace, agent_grace) end
  if call('EXISTS', P .. 'in:' .. incarnation) == 1 then return #people, false end
  call('ZREM', P .. 'ended', incarnation)
  call('HDEL', P .. 'lg', incarnation)
  return #people, true
end
