-- Agents as the site file has them, and what people hold. Needs lib_base, lib_session, lib_queue,
-- lib_targets.
--
-- Set `agents`: everyone with a hash `a:<agent>`. Site field `gs`: the groups of the site file,
-- comma-separated. Set `rt`: groups that were removed from it and still have agents. Site field
-- `u:<group>`: open sessions whose plan names the group.
local site_groups
beginnings[#beginnings + 1] = function() site_groups = nil end

-- Whether the site file does not have the group any more; false until a node told its groups.
local function is_removed(group)
  site_groups = site_groups or call('HGET', SITE, 'gs') or ''
  return site_groups ~= '' and not find(',' .. site_groups .. ',', ',' .. group .. ',', 1, true)
end

local function is_in_use(group)
  return (tonumber(call('HGET', SITE, 'u:' .. group)) or 0) > 0
end

-- Names the removed ones among an agent's groups, for the sweep that ends them.
local function note_removed(groups)
  for group in string.gmatch(groups, '[^,]+') do
    if is_removed(group) then call('SADD', P .. 'rt', group) end
  end
end

-- An agent who was never seen: offline until he says otherwise.
local function make_agent(id, capacity, groups, qualities, label)
  note_removed(groups)
  call('HSET', P .. 'a:' .. id, 'st', 'offline', 're', 'gone', 'cap', capacity, 'g', groups, 'fs',
    0, 'la', 0, 'av', 0, 'on', 0, 'pr', qualities, 'si', int(now), 'lb', label)
  call('SADD', P .. 'agents', id)
  local A = load_agent(id)
  find_signatures(A, qualities)
  agents_before[id] = {}
  A.standing = nil
  return A
end

-- Gives the agent these groups and qualities; he leaves the lists of the targets he no longer
-- serves. Returns whether anything changed; his places are renewed by `refresh` afterwards.
local function write_profile(A, capacity, groups, qualities)
  local had = call('HGET', A.key, 'pr') or ''
  qualities = qualities or had
  if A.capacity == tonumber(capacity) and A.group_text == groups and had == qualities then
    return false
  end
  call('HSET', A.key, 'cap', capacity, 'g', groups, 'pr', qualities)
  stop_looking(A)
  for _, targets in ipairs({ A.groups, A.signatures }) do
    for _, target in ipairs(targets) do
      call('ZREM', P .. 'f:' .. target, A.id)
      call('SREM', P .. 'o:' .. target, A.id)
      if A.on and not is_shut(target) then emptied[target] = true end
    end
  end
  for _, group in ipairs(A.groups) do call('ZREM', P .. 'g:' .. group, A.id) end
  A.standing = nil
  A.capacity, A.group_text, A.groups = tonumber(capacity), groups, {}
  for group in string.gmatch(groups, '[^,]+') do A.groups[#A.groups + 1] = group end
  find_signatures(A, qualities)
  if A.on then
    for _, targets in ipairs({ A.groups, A.signatures }) do
      for _, target in ipairs(targets) do
        if not is_shut(target) then call('SADD', P .. 'o:' .. target, A.id) end
      end
    end
  end
  return true
end

-- Writes what the site file says. A group that was removed from it stays with him as long as an
-- open session names it, so that nobody who waits there is left behind. `label`: how lines name
-- him; empty: by his identifier.
local function set_profile(A, capacity, groups, qualities, label)
  if label == '' then call('HDEL', A.key, 'lb') else call('HSET', A.key, 'lb', label) end
  for _, group in ipairs(A.groups) do
    if is_removed(group) and is_in_use(group)
      and not find(',' .. groups .. ',', ',' .. group .. ',', 1, true) then
      groups = groups == '' and group or groups .. ',' .. group
    end
  end
  note_removed(groups)
  return write_profile(A, capacity, groups, qualities)
end

-- Removed groups that no open session names any more lose their agents. O(1) while there are none.
local function leave_removed_groups()
  local over, count = {}, 0
  for _, group in ipairs(call('SMEMBERS', P .. 'rt')) do
    if not is_in_use(group) then
      over[group], count = true, count + 1
      call('SREM', P .. 'rt', group)
    end
  end
  if count == 0 then return end
  for _, id in ipairs(call('SMEMBERS', P .. 'agents')) do
    local A, rest = load_agent(id), {}
    for _, group in ipairs(A.groups) do
      if not over[group] then rest[#rest + 1] = group end
    end
    if write_profile(A, A.capacity, table.concat(rest, ',')) then refresh(A) end
  end
end

-- Records of everything the robot has, by arrival.
local function bot_records(id)
  local records = {}
  for _, session in ipairs(call('ZRANGE', P .. 'hb:' .. id, 0, -1)) do
    records[#records + 1] = record(load_session(session))
  end
  return records
end

-- Records of everything the agent holds, by arrival; then of what he is in beside its owner.
local function held_records(A)
  local records, seen = {}, {}
  for _, id in ipairs(call('ZRANGE', P .. 'h:' .. A.id, 0, -1)) do
    records[#records + 1] = record(load_session(id))
    seen[id] = true
  end
  for _, S in ipairs(joined_by(A.id)) do
    if not seen[S.id] then records[#records + 1] = record(S) end
  end
  return records
end
