-- How sessions end or come back to their queue. Needs lib_base, lib_session, lib_flow, lib_bot,
-- lib_queue, lib_targets and lib_left.

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
