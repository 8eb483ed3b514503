-- uses: common
-- Open sessions by arrival: of some states one after the other, or what one agent holds.
-- ARGV[3] states, a letter each  [4] home group, empty: any  [5] agent, empty: any
--      [6] after: number of the state  [7] after: arrival number  [8] at most so many
--      [9] looks at so many at most
-- Returns {ok, {{session, state, customer, level, group, topic or false, agent or false, ms since
-- it came to wait, customer is connected}...}, more, state and arrival the next call goes on from}
-- or {fenced}. Atomic: one script. O(looked at + log n).
if is_fenced() then return FENCED end
local limit, bound, looked, found = tonumber(ARGV[8]), tonumber(ARGV[9]), 0, {}
local place, arrival, more = tonumber(ARGV[6]), tonumber(ARGV[7]), false
local sources = {}
if ARGV[5] ~= '' then
  sources[1] = P .. 'h:' .. ARGV[5]
else
  for state in string.gmatch(ARGV[3], '.') do sources[#sources + 1] = P .. 'op:' .. state end
end

local function fits(S)
  return find(ARGV[3], S.state, 1, true) and (ARGV[4] == '' or S.group == ARGV[4])
end

for index = place, #sources do
  local from = index == place and '(' .. int(arrival) or '-inf'
  local list = call('ZRANGEBYSCORE', sources[index], from, '+inf', 'LIMIT', '0',
    int(bound - looked + 1))
  for _, id in ipairs(list) do
    if looked == bound or #found == limit then
      more = true
      break
    end
    local S = load_session(id)
    looked, place, arrival = looked + 1, index, S.arrival
    if fits(S) then
      found[#found + 1] = { id, S.state, S.customer, S.level, S.group, S.topic, S.agent or false,
        math.max(0, now - S.arrived), S.connected }
    end
  end
  if more then break end
end
return answer(found, more, place, arrival)
