-- Agents as the site file has them, and what people hold. Needs lib_base, lib_session, lib_queue.
--
-- Set `agents`: everyone with a hash `a:<agent>`.

-- An agent who was never seen: offline until he says otherwise.
local function make_agent(id, capacity, groups)
  call('HSET', P .. 'a:' .. id, 'st', 'offline', 're', 'gone', 'cap', capacity, 'g', groups, 'fs',
    0, 'la', 0, 'av', 0, 'on', 0)
  call('SADD', P .. 'agents', id)
  local A = load_agent(id)
  agents_before[id] = {}
  return A
end

-- Writes what the site file says; he leaves the lists of groups he is no longer in. Returns whether
-- anything changed; his places are renewed by `refresh` afterwards.
local function set_profile(A, capacity, groups)
  if A.capacity == tonumber(capacity) and A.group_text == groups then return false end
  call('HSET', A.key, 'cap', capacity, 'g', groups)
  for _, group in ipairs(A.groups) do
    call('ZREM', P .. 'f:' .. group, A.id)
    call('SREM', P .. 'o:' .. group, A.id)
  end
  A.capacity, A.group_text, A.groups = tonumber(capacity), groups, {}
  for group in string.gmatch(groups, '[^,]+') do A.groups[#A.groups + 1] = group end
  if A.on then
    for _, group in ipairs(A.groups) do call('SADD', P .. 'o:' .. group, A.id) end
  end
  return true
end

-- Records of everything the agent holds, by arrival.
local function held_records(A)
  local records = {}
  for _, id in ipairs(call('ZRANGE', P .. 'h:' .. A.id, 0, -1)) do
    records[#records + 1] = record(load_session(id))
  end
  return records
end
