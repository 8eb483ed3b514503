-- uses: common people gone
-- The first connection of a person on this node.
-- ARGV[3] person, c:<customer>, a:<agent> or b:<bot>; of a robot [4] sessions it may have at once,
--      of an agent [4] 1 when the site file has the agent; else what
--      follows counts only if he was never seen  [5] capacity  [6] groups, comma-separated
--      [7] qualities, as in lib_targets
--      [8] how lines name him, as in lib_line
-- Returns {ok, {session...}, agent or false}. Atomic: one script.
-- O(groups + capacity) times log n.
if is_fenced() then return FENCED end
local person = ARGV[3]
local id = sub(person, 3)
local connected = call('HGET', P .. 'p', person)
if not connected then
  call('HSET', P .. 'p', person, ARGV[2])
elseif not find(',' .. connected .. ',', ',' .. ARGV[2] .. ',', 1, true) then
  call('HSET', P .. 'p', person, connected .. ',' .. ARGV[2])
end
call('SADD', P .. 'in:' .. ARGV[2], person)

if sub(person, 1, 1) == 'c' then
  local S = open_session_of(id)
  if not S then return answer({}, false) end
  call('ZREM', P .. 'dl', 'c:' .. id, 'g:' .. S.id)
  if not S.connected then
    S.connected = true
    if S.state == 'q' then enter_queues(S) end
    changed(S, 'customer_back', 'cc', 1)
    match_session(S)
  end
  return answer({ record(S) }, false)
end

if sub(person, 1, 1) == 'b' then
  call('ZREM', P .. 'dl', 'b:' .. id)
  call('HSET', P .. 'rc', id, ARGV[4])
  place_bot(id)
  return answer(bot_records(id), false)
end

call('ZREM', P .. 'dl', 'a:' .. id)
local A = load_agent(id)
local differs = true
if not A then
  A = make_agent(id, ARGV[5], ARGV[6], ARGV[7], ARGV[8])
else
  differs = A.reach ~= 'connected'
  if ARGV[4] == '1' and set_profile(A, ARGV[5], ARGV[6], ARGV[7], ARGV[8]) then
    differs = true
  end
end
if differs then set_reach(A, 'connected') end
match_agent(A)
return answer(held_records(A), agent_record(A))
