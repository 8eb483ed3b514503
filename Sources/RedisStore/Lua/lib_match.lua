-- The match between queues and agents, and the report of who was considered. Part of every step
-- that uses lib_queue.

-- Who is in the targets in force, as raw as it is found, three for each target: {index, {agent,
-- what he shows, ...}, false or how many show 0, 1, 2..., ...}. Small groups cost one command;
-- looks at 16 agents and 8 targets.
local report_of
do
  -- Agents examined over all targets of one report, and targets looked at.
  local EXAMINED, REPORTED = 16, 8

  -- One agent's own target, as `report_group` tells of a group.
  local function report_agent(id, left)
    local A = load_agent(id)
    if not A then return {}, false end
    local shown = standing_of(A)
    if left > 0 then return { id, tostring(shown) }, false end
    local counts = {}
    for k = 0, shown do counts[k + 1] = k == shown and 1 or 0 end
    return {}, counts
  end

  -- The first ones of a group with what they show, free ones first, and false or how many show
  -- what when there are more. A free one who lacks what the target asks for shows `r`. The group is
  -- in the order of what they show: so counts tell it, and Redis need not write a score for each.
  local function report_group(target, left)
    local group = group_of(target)
    local key, found, counts = P .. 'g:' .. group, {}, {}
    local names = left > 0 and call('ZRANGE', key, '0', int(left - 1)) or {}
    local rest, shown, at = call('ZCARD', key), 0, 0
    while rest > 0 and shown <= 5 do
      local standing = int(shown)
      local count = call('ZCOUNT', key, standing, standing)
      counts[#counts + 1], rest, shown = count, rest - count, shown + 1
      for k = at + 1, math.min(at + count, #names) do
        found[2 * k - 1], found[2 * k] = names[k], standing
      end
      at = at + count
    end
    if group ~= target then
      for k = 1, #found, 2 do
        if found[k + 1] == '0' and not load_agent(found[k]).proficiency[target] then
          found[k + 1] = 'r'
        end
      end
    end
    return found, #names == left and counts or false
  end

  report_of = function(S)
    local left, list = EXAMINED, {}
    for k = 1, math.min(S.opened, REPORTED) do
      local target, at = S.openings[3 * k - 2], #list
      local found, counts
      if group_of(target) then
        found, counts = report_group(target, left)
      else
        found, counts = report_agent(sub(target, 2), left)
      end
      left = left - #found / 2
      list[at + 1], list[at + 2], list[at + 3] = k - 1, found, counts
    end
    return list
  end
end

-- Whom the session passes over at present; `!` before those it does for good.
local function passed_over(S)
  local list = {}
  for agent, until_when in pairs(S.excluded or {}) do
    if until_when > now then
      list[#list + 1] = (until_when == FOREVER and '!' or '') .. agent
    end
  end
  return list
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
  S.agent = A.id
  drop_other(S, A.id)
  if S.state == 'o' then
    S.offer_due = now + S.offer
    call('ZADD', P .. 'dl', int(S.offer_due), 'o:' .. S.id)
  else
    void_choice(S)
    free_bot(S)
  end
  refresh(A, 'given')
  changed(S, change, 'st', S.state, 'a', A.id, 'm', match)
end

-- Finds an agent for a session that is queued with its customer connected.
local match_session
do
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
    settle()
    for k = 1, S.opened do
      local target = S.openings[3 * k - 2]
      if sub(target, 1, 1) == '@' then
        local A = if_free_for(S, sub(target, 2))
        if A then return A end
      else
        local from, page = 0, { true }
        while page[1] do
          local last = from == 0 and 0 or from + LOOK
          page = call('ZRANGE', P .. 'f:' .. target, int(from), int(last))
          from = from + #page
          for _, id in ipairs(page) do
            local A = if_free_for(S, id)
            if A then return A end
          end
        end
      end
    end
  end

  match_session = function(S)
    if deferred then
      deferred.sessions[S.id] = S
      return
    end
    if S.state ~= 'q' or not S.connected then return end
    local A = best_agent(S)
    if A then assign(S, A) end
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
local match_agent
do
  -- Reads on in a queue: sets its first unread member and that one's true order, nil at its end.
  local function read_on(queue)
    queue.at = queue.at + 2
    if queue.at > #queue.heads then
      local last = queue.at == 1 and queue.from or queue.from + LOOK - 1
      queue.heads = call('ZRANGE', queue.key, int(queue.from), int(last), 'WITHSCORES')
      queue.from, queue.at = queue.from + #queue.heads / 2, 1
    end
    queue.member = queue.heads[queue.at]
    queue.order = queue.member and tonumber(queue.heads[queue.at + 1])
  end

  -- Every queue the agent serves, each read up to its first member behind his cursor.
  local function queues_of(A)
    local queues, cursor = {}, A.cursor
    for _, targets in ipairs({ A.groups, A.signatures, { '@' .. A.id } }) do
      for _, target in ipairs(targets) do
        local queue = { key = P .. 'tq:' .. target, from = 0, at = -1, heads = {} }
        if cursor then queue.from = call('ZCOUNT', queue.key, '-inf', '(' .. int(cursor.order)) end
        if not is_shut(target) then read_on(queue) end
        while cursor and queue.member and queue.order == cursor.order
          and queue.member <= cursor.member do
          read_on(queue)
        end
        if queue.member then queues[#queues + 1] = queue end
      end
    end
    return queues
  end

  -- The session, unless it passes the agent over. `is_first`: it most likely does not.
  local function session_for(A, id, is_first)
    if is_first then
      local S = load_session(id)
      return not is_excluded(S, A.id) and S
    end
    local packed = call('HGET', P .. 's:' .. id, 'x')
    local until_when = packed and unpack(packed)[A.id]
    return not (until_when and until_when > now) and load_session(id)
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
        local S = session_for(A, sub(best.member, 13), looked == 0)
        if S then return S end
        looked, last, last_order = looked + 1, best.member, best.order
      end
      read_on(best)
    end
  end

  match_agent = function(A)
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
end
