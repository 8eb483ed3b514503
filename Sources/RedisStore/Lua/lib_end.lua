-- How sessions end or come back to their queue, and what happens when people drop off. Needs
-- lib_base, lib_session, lib_flow, lib_bot, lib_queue and lib_left.
--
-- Hash `p`: c:<customer>, a:<agent> or b:<bot> -> incarnations he is connected
-- through, comma-separated.
-- Set `in:<incarnation>`: those people. Hash `lg`: incarnation -> graces of its people.

-- Takes the session from its agent; his slot is free afterwards.
local function take_from_agent(S)
  local A = load_agent(S.agent)
  call('ZREM', P .. 'h:' .. A.id, S.id)
  if S.state == 'o' then call('ZREM', P .. 'dl', 'o:' .. S.id) end
  S.offer_due = nil
  A.held = A.held - 1
  refresh(A, 'freed')
  return A
end

-- Its plan names its targets no longer.
local function leave_targets(S)
  leave_step(S, S.opened)
  for k = 1, #S.openings, 3 do
    local target = S.openings[k]
    local group = group_of(target)
    if group then
      if call('HINCRBY', SITE, 'u:' .. group, '-1') == 0 then call('HDEL', SITE, 'u:' .. group) end
      if target ~= group and call('HINCRBY', SITE, 'u:' .. target, '-1') == 0 then
        call('HDEL', SITE, 'u:' .. target)
        call('ZADD', P .. 'si', int(now), target)
      end
    end
  end
end

-- Nobody is asked any more to take it over. Returns who was; he has a free slot, unless he takes it
-- (`is_taken`), then it is not free in between.
local function drop_transfer(S, is_taken)
  if not S.transfer then return end
  local A = load_agent(S.transfer[1])
  call('ZREM', P .. 'h:' .. A.id, S.id)
  call('ZREM', P .. 'dl', 't:' .. S.id)
  call('HDEL', S.key, 'tr')
  S.transfer, S.transfer_due = nil, nil
  A.held = A.held - 1
  refresh(A, not is_taken and 'freed' or nil)
  return A
end

local function end_transfer(S, change)
  local A = drop_transfer(S)
  if not A then return end
  changed(S, change)
  match_agent(A)
end

-- What the agent is asked to take over, by arrival.
local function asked_of(A)
  local list = {}
  for _, id in ipairs(call('ZRANGE', P .. 'h:' .. A.id, 0, -1)) do
    local S = load_session(id)
    if S.agent ~= A.id then list[#list + 1] = S end
  end
  return list
end

-- An agent who is in it beside its owner is not any more; who had joined it is missed. Returns
-- false for one who is not in it. Needs lib_line.
local function step_out(S, agent)
  local had_joined = has_joined(S, agent)
  if not drop_other(S, agent) then return false end
  if had_joined then say(S, 'agent_left', agent) end
  S.who = agent
  changed(S, 'agent_left')
  return true
end

-- He is invited no longer; nothing for one who is not.
local function end_invitation(S, agent, change)
  if not other_of(S, agent) or has_joined(S, agent) then return end
  drop_other(S, agent)
  S.who = agent
  changed(S, change)
end

-- Ends a talk; the freed agent gets the next one, unless he may write this one up: then it holds
-- his slot until `end_wrap`. He stays written in the record. The stream stays; a customer who
-- talked and is not there finds it when he comes back (hash `un`). `at_once`: the agent is gone
-- himself.
local function close_session(S, reason, at_once)
  local A
  local asked = drop_transfer(S)
  drop_others(S)
  local wrap = S.state == 'a' and not at_once and S.wrap
  S.gave_up = find('qo', S.state, 1, true) and reason ~= 'left_message'
    and not S.served
  if S.state == 'a' and not S.connected then
    call('HSET', P .. 'un', S.customer, S.id)
  end
  if S.state == 'q' then
    if S.connected then leave_queues(S) end
  elseif S.agent and not wrap then
    A = take_from_agent(S)
  end
  note_left(S)
  free_bot(S)
  depart(S)
  if S.excluded or S.choice then call('HDEL', S.key, 'x', 'wc') end
  S.state, S.reason, S.excluded, S.choice = wrap and 'w' or 'c', reason, nil, false
  call('HDEL', P .. 'c', S.customer)
  leave_targets(S)
  call('ZREM', P .. 'dl', 's:' .. S.id, 'p:' .. S.id, 'c:' .. S.customer, 'l:' .. S.id,
    'g:' .. S.id, 'i:' .. S.id)
  if wrap then
    call('ZADD', P .. 'dl', int(now + wrap), 'w:' .. S.id)
    changed(S, 'wrapup', 'st', 'w', 'cr', reason, 'te', int(now))
    if asked then match_agent(asked) end
    return
  end
  call('ZADD', P .. 'cl', int(now), S.id)
  changed(S, 'closed', 'st', 'c', 'cr', reason, 'ca', int(now), 'te', int(now))
  if A then match_agent(A) end
  if asked then match_agent(asked) end
end

-- It is written up, or the time for it has passed: the slot is free, and its agent is
-- still to be matched.
local function finish_wrap(S)
  local A = take_from_agent(S)
  call('ZREM', P .. 'dl', 'w:' .. S.id)
  S.state = 'c'
  call('ZADD', P .. 'cl', int(now), S.id)
  changed(S, 'closed', 'st', 'c', 'ca', int(now))
  return A
end

local function end_wrap(S)
  match_agent(finish_wrap(S))
end

-- A session that is over is opened again: nothing stays of how it was placed and ended. It is read
-- anew afterwards.
local function forget_end(S)
  call('HDEL', S.key, 'a', 'cr', 'ca', 'te', 'sa', 'x', 'wl', 'wc', 'mr', 'hw', 'lb', 'rq', 'rb',
    'rf', 'ho', 'ga', 'il', 'is', 'wu', 'we', 't')
  call('ZREM', P .. 'cl', S.id)
  sessions[S.id] = nil
end

-- Nobody is left in a session that began as a left message: what nobody answered waits again.
local function return_left(S)
  local from = call('HMGET', S.key, 'lm', 'ln')
  if not from[1] or S.seq ~= tonumber(from[2]) then return end
  local L = load_left(from[1])
  if not L then return end -- kept no longer
  call('HDEL', L.key, 'a', 's')
  call('HSET', L.key, 'st', 'w')
  call('ZREM', P .. 'lx', L.id)
  call('HDEL', P .. 'un', S.customer)
  list_left(L)
end

-- A wait limit that passed while somebody had the session begins again.
local function await_limit(S)
  local limit = not S.choice and call('HGET', S.key, 'wl')
  if not limit or call('ZSCORE', P .. 'dl', 'l:' .. S.id) then return end
  call('ZADD', P .. 'dl', int(now + tonumber(limit)), 'l:' .. S.id)
end

-- Held sessions go back to their queues, hidden, with their arrival. All of them are in before the
-- first is matched, so that the first in true order is served first. One whose customer has gone
-- for good is ended instead. Bounded by what an agent holds.
local function give_back(list, change)
  local waiting, asked = {}, {}
  for _, S in ipairs(list) do
    if not S.connected and not call('ZSCORE', P .. 'dl', 'c:' .. S.customer) then
      close_session(S, 'gone', true)
      return_left(S)
    else
      asked[#asked + 1] = drop_transfer(S)
      drop_others(S)
      take_from_agent(S)
      S.state, S.agent, S.left = 'q', false, S.agent
      call('HDEL', S.key, 'a')
      if S.connected then enter_queues(S) end
      await_limit(S)
      changed(S, change, 'st', 'q')
      waiting[#waiting + 1] = S
    end
  end
  match_sessions(waiting)
  for _, A in ipairs(asked) do match_agent(A) end
end

-- What the agent has in one of these states, by arrival.
local function held_in(A, states)
  local list = {}
  for _, id in ipairs(call('ZRANGE', P .. 'h:' .. A.id, 0, -1)) do
    local S = load_session(id)
    if S.agent == A.id and find(states, S.state, 1, true) then list[#list + 1] = S end
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
  if find('bqo', S.state, 1, true) then return close_session(S, 'gone') end
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
  for _, S in ipairs(joined_by(A.id)) do step_out(S, A.id) end
  for _, S in ipairs(asked_of(A)) do end_transfer(S, 'transfer_expired') end
  for _, S in ipairs(held_in(A, 'w')) do end_wrap(S) end
  give_back(held_in(A, 'oa'), 'agent_lost')
end

local function agent_lost(id, grace)
  set_reach(load_agent(id), 'grace')
  if grace <= 0 then return agent_gone(id) end
  call('ZADD', P .. 'dl', int(now + grace), 'a:' .. id)
end

-- Exclusions with an end count from the beginning of the wait.
local function delay_exclusions(S, milliseconds)
  if not S.excluded then return end
  local first = FOREVER
  for agent, until_when in pairs(S.excluded) do
    if until_when < FOREVER then
      S.excluded[agent] = until_when + milliseconds
      first = math.min(first, until_when + milliseconds)
    end
  end
  call('HSET', S.key, 'x', pack(S.excluded))
  if first < FOREVER then call('ZADD', P .. 'dl', int(first), 'p:' .. S.id) end
end

-- Back to where he waited before he chose the robot: nobody's number counts him, and the step he
-- had come to takes its time anew.
local function wait_on(S, change, note, keeps_bot)
  S.state, S.handover = 'q', note
  if not keeps_bot then free_bot(S) end
  open_steps(S, now, true)
  await_limit(S)
  changed(S, change, 'st', 'q', 'ho', note, 'n', int(S.opened))
  if S.connected then enter_queues(S) end
end

-- From the robot to the queue, with the arrival and the ticket of this moment; not matched yet.
local function enter_wait(S, change, note, keeps_bot)
  if S.has_waited then return wait_on(S, change, note, keeps_bot) end
  delay_exclusions(S, now - S.arrived)
  S.arrival, S.arrived = call('HINCRBY', SITE, 'na', '1'), now
  S.ticket, S.state, S.handover = true, 'q', note
  if keeps_bot then
    call('ZADD', P .. 'hb:' .. S.bot, int(S.arrival), S.id)
  else
    free_bot(S)
  end
  local fixed = unpack(S.fixed)
  fixed[4], fixed[5] = S.arrival, S.arrived
  S.fixed = pack(fixed)
  local ticket = int(S.arrival)
  call('ZADD', P .. 'k:' .. S.group .. ':' .. S.level, ticket, ticket)
  open_steps(S, now, true)
  local limit = call('HGET', S.key, 'wl')
  if limit then call('ZADD', P .. 'dl', int(now + tonumber(limit)), 'l:' .. S.id) end
  changed(S, change, 'st', 'q', 't', '1', 'i', S.fixed, 'ho', note, 'n', int(S.opened))
  note_arrival(S.group, S.level)
  if S.connected then enter_queues(S) end
end

-- It does not come back: what it talked about alone falls to the queue, or to another robot, or
-- ends; who waits with its help goes on waiting. At most 100 in a step, the first to come first;
-- while there are more it stays due. Returns whether there are.
local function bot_gone(id)
  call('ZREM', P .. 'dl', 'b:' .. id)
  call('HDEL', P .. 'rc', id)
  local waiting = {}
  for _, session in ipairs(call('ZRANGE', P .. 'hb:' .. id, 0, 99)) do
    local S = load_session(session)
    local other = S.state == 'b' and not S.may_hand_over and least_bot()
    if S.state ~= 'b' then
      free_bot(S)
      changed(S, 'bot_lost')
    elseif S.may_hand_over then
      enter_wait(S, 'bot_lost', '{"reason":"bot_lost"}', false)
      waiting[#waiting + 1] = S
    elseif other then
      call('ZREM', P .. 'hb:' .. id, S.id)
      give_to_bot(S, other)
      changed(S, 'bot_lost', 'rb', other)
    else
      close_session(S, 'no_robot')
    end
  end
  local more = call('EXISTS', P .. 'hb:' .. id) == 1
  if more then call('ZADD', P .. 'dl', int(now), 'b:' .. id) end
  match_sessions(waiting)
  return more
end

local function bot_lost(id, grace)
  place_bot(id)
  if grace <= 0 then return bot_gone(id) end
  call('ZADD', P .. 'dl', int(now + grace), 'b:' .. id)
end

-- The person has no connection on this node any more. When it was his last one, his grace begins.
local function leave(person, incarnation, customer_grace, agent_grace, bot_grace)
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
  local kind = sub(person, 1, 1)
  if kind == 'c' then
    customer_lost(sub(person, 3), customer_grace)
  elseif kind == 'b' then
    bot_lost(sub(person, 3), bot_grace)
  else
    agent_lost(sub(person, 3), agent_grace)
  end
end

-- Takes at most `limit` people of an ended node through their grace. Returns how many, and whether
-- the node is done with.
local function leave_node(incarnation, limit)
  local graces = {}
  for grace in string.gmatch(call('HGET', P .. 'lg', incarnation) or '0,0,0', '%d+') do
    graces[#graces + 1] = tonumber(grace)
  end
  local people = call('SPOP', P .. 'in:' .. incarnation, limit)
  table.sort(people)
  for _, person in ipairs(people) do
    leave(person, incarnation, graces[1], graces[2], graces[3] or 2000)
  end
  if call('EXISTS', P .. 'in:' .. incarnation) == 1 then return #people, false end
  call('ZREM', P .. 'ended', incarnation)
  call('HDEL', P .. 'lg', incarnation)
  return #people, true
end
