-- uses: base session bot queue message
-- A customer asks for somebody: his open session, or a new one, a robot's or queued and matched.
-- ARGV[3] session to make  [4] customer  [5] level  [6] level's source  [7] head start, ms
--      [8] offer, ms, empty: assigned without asking  [9] full at so many waiting, empty: never
--      [10] open again below  [11] topic, [12] channel, each '' for none, else '=' and the text
--      [13] profile  [14] explanation  [15] replication id
--      [16] origin and [17] first message as in append.lua, empty without one
--      [18] version of the site that the rest was decided by
--      [19] who may take it, in the order in which they are tried: robot, queue; others are passed
--      over  [20] 1 when a robot may hand it over
--      then two for each opening: [21] group  [22] milliseconds after the start
-- Returns {ok, session, existing, position or false, class version, ahead, agents, mean ms},
-- {refused, queue_full | no_robot}, {refused, reload} when another version is in force, or
-- {fenced}.
-- Atomic: one script. O(openings log n).
if is_fenced() then return FENCED end

local id, customer, home = ARGV[3], ARGV[4], ARGV[21]
local open = open_session_of(customer)
if open then return answer_start(open, true) end
local in_force = call('HGET', P .. 'files', 'version')
if in_force and in_force ~= ARGV[18] then return refused('reload') end

-- The first way that is free: a robot, or the home queue.
local bot, refusal, taken = nil, 'no_robot', false
for way in string.gmatch(ARGV[19], '[^,]+') do
  if way == 'robot' then
    bot = least_bot()
    taken = bot ~= nil
  elseif way == 'queue' then
    taken = not is_full(home, ARGV[9], ARGV[10])
    if not taken then refusal = 'queue_full' end
  end
  if taken then break end
end
if not taken then return refused(refusal) end

local arrival, level = call('HINCRBY', SITE, 'na', 1), tonumber(ARGV[5])
local openings, opened = {}, 1
for k = 21, #ARGV, 2 do
  openings[#openings + 1] = ARGV[k]
  call('HINCRBY', SITE, 'u:' .. ARGV[k], 1)
  openings[#openings + 1] = tonumber(ARGV[k + 1])
end
while openings[2 * opened + 2] and openings[2 * opened + 2] <= 0 do opened = opened + 1 end
local connected = call('HEXISTS', P .. 'p', 'c:' .. customer)
local fixed = pack({ level, ARGV[6], home, arrival, now, ARGV[11] ~= '' and sub(ARGV[11], 2),
  ARGV[12] ~= '' and sub(ARGV[12], 2), ARGV[13], ARGV[5] .. ':' .. ARGV[7],
  ARGV[8] ~= '' and tonumber(ARGV[8]), openings })
call('HSET', P .. 's:' .. id, 'c', customer, 'st', bot and 'b' or 'q', 'v', '1', 'ep', '1',
  'q', '0', 'hm', ARGV[20], 'r', ARGV[15], 'cc', connected, 'n', int(opened), 'e', ARGV[14],
  'i', fixed)
call('HSET', P .. 'c', customer, id)
if bot then
  call('HSET', P .. 's:' .. id, 'rb', bot, 'rf', '1')
else
  call('HSET', P .. 's:' .. id, 't', '1')
  call('ZADD', P .. 'k:' .. home .. ':' .. ARGV[5], int(arrival), int(arrival))
end
if ARGV[17] ~= '' then append_first(id, ARGV[16], ARGV[17]) end
local S = load_session(id)
if bot then
  give_to_bot(S, bot)
  tell_session(S, 'started')
  return answer_start(S, false)
end
if S.connected then enter_queues(S) end
if openings[2 * opened + 2] then
  call('ZADD', P .. 'dl', int(now + openings[2 * opened + 2]), 's:' .. id)
end
tell_session(S, 'started')
match_session(S)
return answer_start(S, false)
