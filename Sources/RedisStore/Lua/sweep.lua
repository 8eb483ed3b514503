-- uses: common line hours silence people gone
-- Does what is due: groups open and close first, then dead nodes' people, then offers, graces,
-- steps, pauses, wait limits and silent customers. What this brought to wait or made free is
-- matched when all of it is known: agents by identifier, then sessions in true order; searches that
-- were left go on. Then a match over every target as safety net, and signatures nobody names any
-- more are forgotten. Any node may call it.
-- ARGV[3] at most so many acts  [4] replication id
-- Returns {ok, offers expired, graces ended, steps opened, nodes ended, late matches, more is due,
-- ms until the next deadline or false} or {fenced}. Atomic: one script.
-- O(limit log n + groups times levels).
if is_fenced() then return FENCED end

-- The time beyond two seconds since the last sweep was a pause: the site's clock stood.
if last_sweep and redis_now - last_sweep > PAUSE then
  pauses = pauses + redis_now - last_sweep - PAUSE
  call('HSET', SITE, 'po', int(pauses))
end
call('HSET', SITE, 'ls', format('%d', redis_now))

local left = tonumber(ARGV[3])
local offers, graces, steps, nodes, late = 0, 0, 0, 0, 0

-- He who did not answer becomes `away`; the session goes on to the next.
local function expire_offer(id)
  local S = load_session(id)
  local A = load_agent(S.agent)
  if A.status == 'online' then
    note_status(A, 'away', '', false)
  end
  offers = offers + 1
  give_back({ S }, 'offer_expired')
end

-- Steps open by time alone; of a session that is with an agent they count only if it comes back.
local function open_next(id, due)
  local S = load_session(id)
  steps = steps + 1
  S = go_on(S, due - S.openings[3 * S.opened - 1])
  if S then match_session(S) end
end

local function end_pauses(id)
  local S, rest, next_one = load_session(id), {}, nil
  for agent, until_when in pairs(S.excluded or {}) do
    if until_when > now then
      rest[agent] = until_when
      next_one = math.min(next_one or until_when, until_when)
    end
  end
  if next_one then
    S.excluded = rest
    call('HSET', S.key, 'x', pack(rest))
    if next_one < FOREVER then call('ZADD', P .. 'dl', int(next_one), 'p:' .. id) end
  else
    S.excluded = nil
    call('HDEL', S.key, 'x')
  end
  match_session(S)
end

-- The customer is asked what he wants, unless somebody talks with him by now.
local function pass_limit(id)
  local S = load_session(id)
  if S.state ~= 'q' and S.state ~= 'o' then return end
  S.choice = true
  changed(S, 'choice_due', 'wc', '1')
end

-- One session more, until it is all he may hold.
local function ramp_on(id)
  local A = load_agent(id)
  if not A.ramp then return end
  if A.ramp + 1 >= A.capacity then
    end_ramp(A)
  else
    A.ramp = A.ramp + 1
    call('HSET', A.key, 'rl', int(A.ramp))
    call('ZADD', P .. 'dl', int(now + tonumber(call('HGET', A.key, 'rv'))), 'r:' .. id)
  end
  refresh(A)
  match_agent(A)
end

-- The customer of a conversation did not come back: the agent's slot is not held for him for good.
local function end_for_absence(id)
  local S = load_session(id)
  if not S.connected then close_session(S, 'gone') end
end

-- Milliseconds after which a deadline that this version does not know is due again.
local UNKNOWN = 60000

local expire = {
  g = end_for_absence, i = look_for_silence, o = expire_offer, s = open_next, p = end_pauses,
  l = pass_limit, r = ramp_on,
  t = function(id) end_transfer(load_session(id), 'transfer_expired') end,
  j = function(invitation)
    local S = load_session(sub(invitation, 1, 28))
    if S then end_invitation(S, sub(invitation, 30), 'invite_expired') end
  end,
  w = function(id) end_wrap(load_session(id)) end,
  c = function(id)
    graces = graces + 1
    gone.c(id)
  end,
  a = function(id)
    graces = graces + 1
    gone.a(id)
  end,
  b = function(id)
    graces = graces + 1
    if gone.b(id) then left = 0 end
  end,
}

-- Left messages of a group that was removed from the site file go to the first group by name that
-- is there, 500 of a group at a time. O(groups that have any) while none was removed.
local function move_left_messages()
  local from, to = call('SMEMBERS', P .. 'lg-left'), nil
  table.sort(from)
  for _, group in ipairs(from) do
    if call('EXISTS', P .. 'll:' .. group) == 0 then
      call('SREM', P .. 'lg-left', group)
    elseif is_removed(group) then
      for other in string.gmatch(site_groups, '[^,]+') do
        if not to or other < to then to = other end
      end
      for _, member in ipairs(call('ZRANGE', P .. 'll:' .. group, 0, 499)) do
        local L = load_left(sub(member, 13))
        unlist_left(L)
        L.group = to
        call('HSET', L.key, 'i',
          pack({ L.level, L.source, to, L.number, L.at, L.topic, L.profile, L.head_start }))
        list_left(L)
      end
    end
  end
end

deferred = { sessions = {}, agents = {} }
keep_hours()

-- Leases that are over or were given up, by deadline, then incarnation; at most 64.
local ended = {}
for key, top in pairs({ leases = now, ended = '+inf' }) do
  local list = call('ZRANGEBYSCORE', P .. key, '-inf', top, 'WITHSCORES', 'LIMIT', 0, 64)
  for k = 1, #list, 2 do
    ended[#ended + 1] = { id = list[k], due = tonumber(list[k + 1]), held = key == 'leases' }
  end
end
table.sort(ended, function(a, b)
  return a.due < b.due or (a.due == b.due and tonumber(a.id) < tonumber(b.id))
end)
for _, lease in ipairs(ended) do
  if lease.held then
    call('ZREM', P .. 'leases', lease.id)
    call('ZADD', P .. 'ended', lease.due, lease.id)
  end
  local count, done = leave_node(lease.id, left)
  left = left - count
  if not done then break end
  nodes = nodes + 1
end

while left > 0 do
  local due = call('ZRANGEBYSCORE', P .. 'dl', '-inf', now, 'WITHSCORES', 'LIMIT', 0, 1)
  if not due[1] then break end
  call('ZREM', P .. 'dl', due[1])
  local act = expire[sub(due[1], 1, 1)]
  if act then
    act(sub(due[1], 3), tonumber(due[2]))
  else
    -- A newer version of this program knows what it is for.
    call('ZADD', P .. 'dl', int(now + UNKNOWN), due[1])
  end
  left = left - 1
end

for _, target in ipairs(call('SMEMBERS', P .. 'em')) do emptied[target] = true end
skip_emptied(LOOK)
for _, id in ipairs(call('SMEMBERS', P .. 'lo')) do deferred.agents[id] = load_agent(id) end

local names, waiting, due = {}, {}, deferred
deferred = nil
for id in pairs(due.agents) do names[#names + 1] = id end
table.sort(names)
for _, id in ipairs(names) do match_agent(due.agents[id]) end
for _, S in pairs(due.sessions) do waiting[#waiting + 1] = S end
match_sessions(waiting)

-- Names of a target's queues that are empty.
local function forget_empty(target)
  for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do
    if call('EXISTS', P .. 'q:' .. target .. ':' .. bucket) == 0 then
      call('SREM', P .. 'b:' .. target, bucket)
    end
  end
end

-- Nothing should be left for this: whatever it finds is counted, and each one is a bug.
settle()
local free, seen = {}, {}
for _, group in ipairs(call('SMEMBERS', P .. 'groups')) do
  forget_empty(group)
  if call('EXISTS', P .. 'b:' .. group) == 0 then
    call('SREM', P .. 'groups', group)
  elseif sub(group, 1, 1) == '@' then
    local id = sub(group, 2)
    if not seen[id] and call('HGET', P .. 'a:' .. id, 'av') == '1' then
      seen[id] = true
      free[#free + 1] = id
    end
  elseif sub(group, -1) ~= '~' then
    for _, id in ipairs(call('ZRANGE', P .. 'f:' .. group, 0, LOOK - 1)) do
      if not seen[id] then
        seen[id] = true
        free[#free + 1] = id
      end
    end
  end
end
table.sort(free)
for _, id in ipairs(free) do
  local A = load_agent(id)
  if not A.cursor then late = late + match_agent(A) end
end
leave_removed_groups()
forget_signatures()
move_left_messages()

local first = tonumber(call('ZRANGE', P .. 'dl', 0, 0, 'WITHSCORES')[2])
local more = call('EXISTS', P .. 'ended', P .. 'em') > 0 or (first and first <= now) or false
return answer(offers, graces, steps, nodes, late, more, first and math.max(0, first - now) or false)
