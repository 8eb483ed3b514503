-- Hours of groups. Needs lib_base, lib_session, lib_queue, lib_match and lib_targets.
--
-- Hash `hr`: group -> "1 <instant> <instant>...": 1 while it is open before the first instant, else
-- 0, and when that turns, in ms of Redis's own time, because a calendar does not stand still in a
-- pause. Site's fields: `sh` the groups that are out of hours, ",sales,after,", absent when none
-- is; `hn` when that changes next. What `sh` says counts: it is brought in line by a sweep.

-- Whether it is open now, and when that changes next.
local function hours_now(text)
  local open = sub(text, 1, 1) == '1'
  for instant in string.gmatch(sub(text, 2), '%d+') do
    if tonumber(instant) > redis_now then return open, tonumber(instant) end
    open = not open
  end
  return open, nil
end

-- The members of a group, and his targets there.
local function each_place(group, visit)
  for _, id in ipairs(call('ZRANGE', P .. 'g:' .. group, 0, -1)) do
    local A = load_agent(id)
    visit(A, group)
    for _, name in ipairs(A.signatures) do
      if group_of(name) == group then visit(A, name) end
    end
  end
end

-- Brings what is shut in line with the hours. Groups that have closed are left by their people;
-- those that have opened get them back, and these are matched, by identifier. A search begins anew:
-- there are more to have. O(groups with hours + agents of those that changed).
local function apply_hours()
  local all, closed, due, is_closed = call('HGETALL', P .. 'hr'), {}, nil, {}
  for k = 1, #all, 2 do
    local open, turns = hours_now(all[k + 1])
    if not open then
      closed[#closed + 1] = all[k]
      is_closed[all[k]] = true
    end
    due = turns and math.min(due or turns, turns) or due
  end
  table.sort(closed)
  local before = shut or ''
  for _, group in ipairs(closed) do
    if not is_shut(group) then
      each_place(group, function(A, target)
        call('ZREM', P .. 'f:' .. target, A.id)
        call('SREM', P .. 'o:' .. target, A.id)
        if A.on then emptied[target] = true end
      end)
    end
  end
  shut = closed[1] and ',' .. table.concat(closed, ',') .. ',' or false
  local names, served = {}, {}
  for group in string.gmatch(before, '[^,]+') do
    if not is_closed[group] then
      each_place(group, function(A, target)
        join_target(A, target)
        if not served[A.id] then names[#names + 1] = A.id end
        served[A.id] = A
      end)
    end
  end
  if shut then call('HSET', SITE, 'sh', shut) else call('HDEL', SITE, 'sh') end
  if due then call('HSET', SITE, 'hn', int(due)) else call('HDEL', SITE, 'hn') end
  table.sort(names)
  for _, id in ipairs(names) do stop_looking(served[id]) end
  for _, id in ipairs(names) do match_agent(served[id]) end
end

-- The same when it is time. O(1) until then.
local function keep_hours()
  local due = call('HGET', SITE, 'hn')
  if due and tonumber(due) <= redis_now then apply_hours() end
end
