-- uses: common
-- What a supervisor looks at: queues, agents and the last minutes of a site. One call for each node
-- and tick with somebody who looks; nothing is written.
-- ARGV[3] at most so many agents  [4] so many minutes back, 1...60, this one included
--      [5...] groups
-- Returns {ok, this minute (since 1970), {group...}, {agent...}, {minute...}, {sessions in state
-- b, q, o, a, w}} or {fenced}. A group: {{level, waiting, longest wait in ms, ...}, agents online
-- (whatever the hour), left messages, worst overtaking in ms, its session or false}. A minute:
-- {number of the group from 0, minute, started, assigned, abandoned, closed, waits, waits} as in
-- lib_session. Agents by identifier; of more those who are there. Atomic: one script.
-- O(groups * (levels * (log n + 50) + minutes) + agents).
if is_fenced() then return FENCED end
local most, back, this_minute = tonumber(ARGV[3]), tonumber(ARGV[4]), math.floor(redis_now / 60000)
local HEAD = 50

-- Who waits the longest behind somebody who came later, among the first of each level.
local function worst_overtaking(heads)
  table.sort(heads, function(a, b)
    return a.order < b.order or (a.order == b.order and a.member < b.member)
  end)
  local latest, worst, session = 0, 0, false
  for _, head in ipairs(heads) do
    if latest - head.arrived > worst then
      worst, session = latest - head.arrived, sub(head.member, 13)
    end
    latest = math.max(latest, head.arrived)
  end
  return worst, session
end

local function look_at(group)
  local waiting, longest, heads, levels = {}, {}, {}, {}
  for _, target in ipairs({ group, group .. '~' }) do
    for _, bucket in ipairs(call('SMEMBERS', P .. 'b:' .. target)) do
      local key, ahead = P .. 'q:' .. target .. ':' .. bucket, head_start(bucket)
      local level = tonumber(sub(bucket, 1, find(bucket, ':', 1, true) - 1))
      local first = call('ZRANGE', key, '0', int(HEAD - 1), 'WITHSCORES')
      if first[1] then
        waiting[level] = (waiting[level] or 0) + call('ZCARD', key)
        longest[level] = math.max(longest[level] or 0, now - tonumber(first[2]))
        for k = 1, #first, 2 do
          local arrived = tonumber(first[k + 1])
          heads[#heads + 1] = { member = first[k], arrived = arrived, order = arrived - ahead }
        end
      end
    end
  end
  for level, count in pairs(waiting) do
    levels[#levels + 1], levels[#levels + 2], levels[#levels + 3] = level, count, longest[level]
  end
  local worst, session = worst_overtaking(heads)
  local online = call('ZCOUNT', P .. 'g:' .. group, '0', '1') -- free or full: see `standing_of`
  return { levels, online, call('ZCARD', P .. 'll:' .. group), worst, session }
end

-- The waits that `keep_wait` kept, if they are of that minute.
local function waits_of(kept, minute)
  local waits = {}
  if kept and tonumber(sub(kept, 1, 10)) == minute then
    for k = 11, #kept, 10 do waits[#waits + 1] = tonumber(sub(kept, k, k + 9)) end
  end
  return waits
end

local groups, names, seen, minutes = {}, {}, {}, {}

-- Names the groups' agents who show something from `least` to `highest`, while there is room.
local function name_agents(least, highest)
  for k = 5, #ARGV do
    if #names == most then return end
    for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'g:' .. ARGV[k], least, highest, 'LIMIT', '0',
      int(most))) do
      if not seen[id] and #names < most then
        seen[id] = true
        names[#names + 1] = id
      end
    end
  end
end

name_agents('0', '4')
name_agents('5', '5') -- offline
for k = 5, #ARGV do
  local group, fields = ARGV[k], {}
  groups[#groups + 1] = look_at(group)
  for ago = back - 1, 0, -1 do
    fields[#fields + 1] = group .. ':' .. int((this_minute - ago) % 60)
  end
  for place, packed in ipairs(call('HMGET', P .. 'mn', spread(fields))) do
    local M = packed and { struct.unpack('<ddddd', packed) }
    if M and M[1] == this_minute - back + place then
      local kept = call('HMGET', P .. 'mw', fields[place] .. ':3', fields[place] .. ':4')
      M[6], M[7] = waits_of(kept[1], M[1]), waits_of(kept[2], M[1])
      table.insert(M, 1, k - 5)
      minutes[#minutes + 1] = M
    end
  end
end
table.sort(names)
local list, counts = {}, {}
for _, id in ipairs(names) do list[#list + 1] = agent_record(load_agent(id)) end
for state in string.gmatch('bqoaw', '.') do
  counts[#counts + 1] = call('ZCARD', P .. 'op:' .. state)
end
return answer(this_minute, groups, list, minutes, counts)
