-- Who may take a session: requirements and their signatures, and the steps of a plan. Needs
-- lib_base, lib_session and lib_queue.
--
-- A target is a group (`sales`), a group with a requirement (`sales~<hash of the requirement>`) or
-- one agent (`@anna`). Hash `sg:<group>`: target -> requirement, for each signature that an open
-- session names or named within the last minute. Zset `si`: those nobody names now, by the instant
-- the last one ended. Agent's fields `pr`: his qualities, a line "level<TAB>quality" each; `sg`:
-- signatures of his groups that he meets, "target=sum of his levels in the skills asked for".
-- A requirement is a line for each clause: least level, then the qualities of which one will do,
-- parted by tabs. A clause without qualities is met by nobody.
--
-- Zset `n:<target>`: sessions whose newest open step has this target, is skipped while nobody of it
-- is there, and has a step after it; by arrival. Set `em`: targets everybody left, with sessions
-- still to go on.
local IDLE = 60000

-- Qualities as a map from name to level.
local function qualities_of(text)
  local map = {}
  for level, quality in string.gmatch(text or '', '(%d+)\t([^\n]+)') do
    map[quality] = tonumber(level)
  end
  return map
end

-- Nil when the qualities do not meet the requirement; else the sum of the levels in the skills it
-- asks for, at most 1023. O(length).
local function measure(requirement, qualities)
  local sum = 0
  for least, any in string.gmatch(requirement, '(%d+)([^\n]*)') do
    local best, is_skill = nil, false
    for quality in string.gmatch(any, '\t([^\t]+)') do
      local level = qualities[quality]
      if level and level >= tonumber(least) and (not best or level > best) then best = level end
      is_skill = is_skill or sub(quality, 1, 2) == 's:'
    end
    if not best then return nil end
    if is_skill then sum = sum + best end
  end
  return math.min(sum, 1023)
end

local function write_signatures(A)
  local parts = {}
  for _, name in ipairs(A.signatures) do
    parts[#parts + 1] = name .. '=' .. int(A.proficiency[name])
  end
  call('HSET', A.key, 'sg', table.concat(parts, ','))
end

-- Finds the live signatures of his groups that he meets. O(live signatures of his groups).
local function find_signatures(A, qualities)
  local had, map = #A.signatures > 0, nil
  A.signatures, A.proficiency = {}, {}
  for _, group in ipairs(A.groups) do
    local live = call('HGETALL', P .. 'sg:' .. group)
    for k = 1, #live, 2 do
      map = map or qualities_of(qualities)
      local sum = measure(live[k + 1], map)
      if sum then
        A.signatures[#A.signatures + 1] = live[k]
        A.proficiency[live[k]] = sum
      end
    end
  end
  if had or #A.signatures > 0 then write_signatures(A) end
end

-- A signature that becomes live is told to the agents who meet it: O(agents of the site), once,
-- because it stays for a minute after its last use.
local function add_signature(group, name, requirement)
  if call('HSETNX', P .. 'sg:' .. group, name, requirement) == 0 then return end
  for _, id in ipairs(call('SMEMBERS', P .. 'agents')) do
    local kept = call('HMGET', P .. 'a:' .. id, 'g', 'pr')
    if find(',' .. kept[1] .. ',', ',' .. group .. ',', 1, true) then
      local sum = measure(requirement, qualities_of(kept[2]))
      if sum then
        local A = load_agent(id)
        A.signatures[#A.signatures + 1] = name
        A.proficiency[name] = sum
        write_signatures(A)
        join_target(A, name)
      end
    end
  end
end

-- The session's plan names its targets from now on. `requirements` by target.
local function use_targets(openings, requirements)
  for k = 1, #openings, 3 do
    local target = openings[k]
    local group = group_of(target)
    if group then
      call('HINCRBY', SITE, 'u:' .. group, '1')
      if target ~= group then
        if call('HINCRBY', SITE, 'u:' .. target, '1') == 1 then call('ZREM', P .. 'si', target) end
        add_signature(group, target, requirements[target])
      end
    end
  end
end

-- Signatures that nobody named for a minute go, at most 64 at once. O(agents) when there are any.
local function forget_signatures()
  local idle = call('ZRANGEBYSCORE', P .. 'si', '-inf', int(now - IDLE), 'LIMIT', 0, 64)
  if not idle[1] then return end
  local gone = {}
  for _, name in ipairs(idle) do
    gone[name] = true
    call('HDEL', P .. 'sg:' .. group_of(name), name)
    call('ZREM', P .. 'si', name)
    call('SREM', P .. 'groups', name)
    call('DEL', P .. 'f:' .. name, P .. 'o:' .. name, P .. 'b:' .. name)
  end
  for _, id in ipairs(call('SMEMBERS', P .. 'agents')) do
    if (call('HGET', P .. 'a:' .. id, 'sg') or '') ~= '' then
      local A, rest = load_agent(id), {}
      for _, name in ipairs(A.signatures) do
        if not gone[name] then rest[#rest + 1] = name end
      end
      if #rest < #A.signatures then
        A.signatures = rest
        write_signatures(A)
      end
    end
  end
end

-- Opens the steps whose time has come, the newest one having opened at an instant, and sets the
-- deadline of the next. The caller writes down how many are open when the session `is_new` in its
-- queue. Each one's time runs from its own opening. A step that is skipped takes no
-- time while nobody of its target is there.
local function open_steps(S, instant, is_new)
  local before, count = S.opened, #S.openings / 3
  while S.opened < count do
    local due = instant + S.openings[3 * S.opened - 1]
    if due > now then
      if not S.openings[3 * S.opened] or is_served(S.openings[3 * S.opened - 2]) then break end
      due = now
    end
    instant = due
    S.opened = S.opened + 1
  end
  if S.opened > before then
    if not is_new then
      leave_step(S, before)
      call('HSET', S.key, 'n', int(S.opened))
    end
  elseif not is_new then
    return
  end
  if S.opened < count then
    call('ZADD', P .. 'dl', int(instant + S.openings[3 * S.opened - 1]), 's:' .. S.id)
    if S.openings[3 * S.opened] then
      call('ZADD', P .. 'n:' .. S.openings[3 * S.opened - 2], int(S.arrival), S.id)
    end
  elseif not is_new then
    call('ZREM', P .. 'dl', 's:' .. S.id)
  end
end

-- The next steps of a session opened, or not, since its newest one did at an instant. Of a session
-- that is with an agent this counts only if it comes back. Returns it when it waits.
local function go_on(S, instant)
  local from = S.opened + 1
  open_steps(S, instant)
  if S.state ~= 'q' then return end
  if S.connected then enter_queues(S, from) end
  changed(S, 'step_opened')
  return S
end

-- Sessions whose newest step asks for people who all left go on to the next one, by arrival: at
-- most `limit` for each target at once; the sweep sees to the rest. All go on before the first is
-- matched.
local function skip_emptied(limit)
  local list, waiting, left = {}, {}, {}
  for target in pairs(emptied) do
    if not is_served(target) then
      left[#left + 1] = target
      for _, id in ipairs(call('ZRANGE', P .. 'n:' .. target, 0, limit - 1)) do
        list[#list + 1] = load_session(id)
      end
    else
      call('SREM', P .. 'em', target)
    end
  end
  emptied = {}
  table.sort(list, function(a, b) return a.arrival < b.arrival end)
  for _, S in ipairs(list) do waiting[#waiting + 1] = go_on(S, now) end
  for _, target in ipairs(left) do
    local rest = call('EXISTS', P .. 'n:' .. target) == 1
    call(rest and 'SADD' or 'SREM', P .. 'em', target)
  end
  match_sessions(waiting)
end

endings[#endings + 1] = function()
  if next(emptied) then skip_emptied(LOOK) end
end
