-- uses: base session flow queue message
-- A customer asks for somebody: his open session, or a new one, queued and matched.
-- ARGV[3] session to make  [4] customer  [5] level  [6] level's source  [7] head start, ms
--      [8] offer, ms, empty: assigned without asking  [9] full at so many waiting, empty: never
--      [10] open again below  [11] topic, [12] channel, each '' for none, else '=' and the text
--      [13] profile  [14] explanation  [15] replication id
--      [16] origin and [17] first message as in append.lua, empty without one
--      [18] version of the site that the rest was decided by
--      then two for each opening: [19] group  [20] milliseconds after the start
-- Returns {ok, session, existing, position or false, class version, ahead, flow},
-- {refused, queue_full}, {refused, reload} when another version is in force, or {fenced}.
-- Atomic: one script. O(openings log n).
if is_fenced() then return FENCED end

local function outlook(S, existing)
  local class, position, ahead = S.group .. ':' .. S.level, false, 0
  if S.state == 'q' then
    if S.ticket then position = call('ZRANK', P .. 'k:' .. class, int(S.arrival)) + 1 end
    ahead = ahead_of(S, not existing)
  end
  tell_departures() -- what this step took away counts in the version that is answered
  local others = {}
  for k = 1, #S.openings, 2 do others[#others + 1] = S.openings[k] end
  return answer(record(S), existing, position, tonumber(call('HGET', SITE, 'v:' .. class) or 0),
    ahead, flow_record(S.group, others))
end

-- Closed at `full`, open again below `reopen`. Live tickets of all levels count.
local function is_full(group, full, reopen)
  local waiting = 0
  for level = 0, 10 do waiting = waiting + call('ZCARD', P .. 'k:' .. group .. ':' .. level) end
  local was = call('HEXISTS', SITE, 'f:' .. group) == 1
  local is = waiting >= (was and math.min(reopen, full) or full)
  if is and not was then call('HSET', SITE, 'f:' .. group, 1) end
  if was and not is then call('HDEL', SITE, 'f:' .. group) end
  return is
end

local id, customer, home = ARGV[3], ARGV[4], ARGV[19]
local open = open_session_of(customer)
if open then return outlook(open, true) end
local in_force = call('HGET', P .. 'files', 'version')
if in_force and in_force ~= ARGV[18] then return refused('reload') end
if ARGV[9] ~= '' then
  local full = tonumber(ARGV[9])
  if is_full(home, full, tonumber(ARGV[10]) or full) then return refused('queue_full') end
else
  call('HDEL', SITE, 'f:' .. home)
end

local arrival, level = call('HINCRBY', SITE, 'na', 1), tonumber(ARGV[5])
local openings, opened = {}, 1
for k = 19, #ARGV, 2 do
  openings[#openings + 1] = ARGV[k]
  call('HINCRBY', SITE, 'u:' .. ARGV[k], 1)
  openings[#openings + 1] = tonumber(ARGV[k + 1])
end
while openings[2 * opened + 2] and openings[2 * opened + 2] <= 0 do opened = opened + 1 end
local connected = call('HEXISTS', P .. 'p', 'c:' .. customer)
local fixed = pack({ level, ARGV[6], home, arrival, now, ARGV[11] ~= '' and sub(ARGV[11], 2),
  ARGV[12] ~= '' and sub(ARGV[12], 2), ARGV[13], ARGV[5] .. ':' .. ARGV[7],
  ARGV[8] ~= '' and tonumber(ARGV[8]), openings })
call('HSET', P .. 's:' .. id, 'c', customer, 'st', 'q', 'v', '1', 'ep', '1', 'q', '0', 't', '1',
  'r', ARGV[15], 'cc', connected, 'n', int(opened), 'e', ARGV[14], 'i', fixed)
call('HSET', P .. 'c', customer, id)
local ticket = int(arrival)
call('ZADD', P .. 'k:' .. home .. ':' .. ARGV[5], ticket, ticket)
if ARGV[17] ~= '' then append_first(id, ARGV[16], ARGV[17]) end
local S = load_session(id)
if S.connected then enter_queues(S) end
if openings[2 * opened + 2] then
  call('ZADD', P .. 'dl', int(now + openings[2 * opened + 2]), 's:' .. id)
end
tell_session(S, 'started')
note_arrival(home, level)
match_session(S)
return outlook(S, false)
