-- What happens when people drop off, and how a session goes from a robot to its queue. Needs
-- lib_end and what that needs.
--
-- Hash `p`: c:<customer>, a:<agent> or b:<bot> -> incarnations he is connected
-- through, comma-separated.
-- Set `in:<incarnation>`: those people. Hash `lg`: incarnation -> graces of its people.

-- By role letter: `gone` has what becomes of somebody who did not come back in time, `lost` what
-- becomes of him until then, within so many milliseconds.
local gone, lost = {}, {} -- functions

function gone.c(customer)
  call('ZREM', P .. 'dl', 'c:' .. customer)
  local S = open_session_of(customer)
  if not S then return end
  if find('bqo', S.state, 1, true) then return close_session(S, 'gone') end
  -- A conversation waits for him a little longer: its agent may still write.
  local more = tonumber(call('HGET', S.key, 'ga'))
  if more then call('ZADD', P .. 'dl', int(now + more), 'g:' .. S.id) end
end

function lost.c(customer, grace)
  local S = open_session_of(customer)
  if not S then return end
  if S.state == 'q' then leave_queues(S) end
  S.connected = false
  changed(S, 'customer_lost', 'cc', '0')
  if grace <= 0 then return gone.c(customer) end
  call('ZADD', P .. 'dl', int(now + grace), 'c:' .. customer)
end

local function set_reach(A, reach)
  A.reach = reach
  call('HSET', A.key, 're', reach)
  refresh(A)
end

function gone.a(id)
  local A = load_agent(id)
  call('ZREM', P .. 'dl', 'a:' .. id)
  set_reach(A, 'gone')
  for _, S in ipairs(joined_by(A.id)) do step_out(S, A.id) end
  for _, S in ipairs(asked_of(A)) do end_transfer(S, 'transfer_expired') end
  for _, S in ipairs(held_in(A, 'w')) do end_wrap(S) end
  give_back(held_in(A, 'oa'), 'agent_lost')
end

function lost.a(id, grace)
  set_reach(load_agent(id), 'grace')
  if grace <= 0 then return gone.a(id) end
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
function gone.b(id)
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

function lost.b(id, grace)
  place_bot(id)
  if grace <= 0 then return gone.b(id) end
  call('ZADD', P .. 'dl', int(now + grace), 'b:' .. id)
end

-- The person has no connection on this node any more. When it was his last one, his grace begins:
-- milliseconds by role letter.
local function leave(person, incarnation, graces)
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
  local role = sub(person, 1, 1)
  lost[role](sub(person, 3), graces[role])
end

-- Takes at most `limit` people of an ended node through their grace. Returns how many, and whether
-- the node is done with.
local function leave_node(incarnation, limit)
  local kept = {}
  for grace in string.gmatch(call('HGET', P .. 'lg', incarnation) or '0,0,0', '%d+') do
    kept[#kept + 1] = tonumber(grace)
  end
  local graces = { c = kept[1], a = kept[2], b = kept[3] or 2000 }
  local people = call('SPOP', P .. 'in:' .. incarnation, limit)
  table.sort(people)
  for _, person in ipairs(people) do
    leave(person, incarnation, graces)
  end
  if call('EXISTS', P .. 'in:' .. incarnation) == 1 then return #people, false end
  call('ZREM', P .. 'ended', incarnation)
  call('HDEL', P .. 'lg', incarnation)
  return #people, true
end
