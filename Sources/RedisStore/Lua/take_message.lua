-- uses: common
-- An agent of its group takes a left message: an active session of his begins with it, without a
-- ticket, whether or not its customer is there.
-- ARGV[3] message  [4] agent  [5] session to make  [6] replication id
--      [7] offer, ms, should it come back to a queue; empty: assigned without asking
--      [8] ms he may write the talk up; empty: not at all  [9] idle, as in start; empty: never
-- Returns {ok, session}, {refused, no_message | session_open | agent_full | unknown_agent} or
-- {fenced}. Atomic: one script. O(log n + texts).
if is_fenced() then return FENCED end
local A = load_agent(ARGV[4])
if not A then return refused('unknown_agent') end
local L, id = load_left(ARGV[3]), ARGV[5]
if not L or not find(',' .. A.group_text .. ',', ',' .. L.group .. ',', 1, true) then
  return refused('no_message')
end
if L.state ~= 'w' then
  local S = L.agent == A.id and load_session(L.session)
  if S and S.state ~= 'c' and S.agent == A.id then return answer(record(S)) end
  return refused('no_message')
end
if open_session_of(L.customer) then return refused('session_open') end
if A.held >= A.capacity then return refused('agent_full') end

local arrival, texts = call('HINCRBY', SITE, 'na', '1'), unpack(L.texts)
local key, connected = P .. 's:' .. id, call('HEXISTS', P .. 'p', 'c:' .. L.customer)
local fixed = pack({ L.level, L.source, L.group, arrival, now, L.topic, false, L.profile,
  int(L.level) .. ':' .. int(L.head_start), ARGV[7] ~= '' and tonumber(ARGV[7]),
  { L.group, -1, true } })
local head = head_of({ replication = ARGV[6], epoch = 1, state = 'a', customer = L.customer,
  agent = A.id })
call('HSET', key, 'c', L.customer, 'st', 'a', 'v', '1', 'h', head, 'q', int(#texts), 'cc',
  connected, 'n', '1', 'e', L.explanation, 'i', fixed, 'a', A.id, 'sa', A.id,
  'lm', L.id, 'ln', int(#texts))
if ARGV[8] ~= '' then call('HSET', key, 'wu', ARGV[8]) end
if ARGV[9] ~= '' then call('HSET', key, 'il', ARGV[9]) end
write_left_texts(key, id, L.at, texts)
call('HSET', P .. 'c', L.customer, id)
call('ZADD', P .. 'cs:' .. L.customer, int(redis_now), id)
call('HDEL', P .. 'un', L.customer)
call('HINCRBY', SITE, 'u:' .. L.group, '1')
call('HSET', L.key, 'st', 't', 'a', A.id, 's', id)
call('ZADD', P .. 'lx', int(now), L.id)
unlist_left(L)
call('ZADD', P .. 'h:' .. A.id, int(arrival), id)
A.held = A.held + 1
refresh(A, 'given')
local S = load_session(id)
tell_session(S, 'message_taken')
return answer(record(S))
