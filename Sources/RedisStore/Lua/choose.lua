-- uses: common
-- A customer whose wait limit has passed goes on waiting, talks with a robot, or leaves what he
-- wrote as a message.
-- ARGV[3] session  [4] customer  [5] `wait`, `robot` or `message`; with `message` also
--      [6] message  [7] at most so many of one customer  [8] of one group
--      [9] one more text as in append.lua, empty: none
-- Returns {ok, message} for `message`, else {ok, session}; {refused, not_found |
-- not_participant | session_closed | no_choice | no_robot | too_many_messages} or {fenced}.
-- Atomic: one script. O(texts + groups log n), at most 64 texts.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if S.customer ~= ARGV[4] then return refused('not_participant') end
local kept = call('HMGET', S.key, 'lb', 'wl', 'e')
if ARGV[5] == 'message' and kept[1] then return answer(kept[1]) end
if S.state == 'c' then return refused('session_closed') end
if not S.choice then return refused('no_choice') end

if ARGV[5] == 'wait' then
  S.choice = false
  changed(S, 'choice_made', 'wc', '0')
  call('ZADD', P .. 'dl', int(now + tonumber(kept[2])), 'l:' .. S.id)
  return answer(record(S))
end

if ARGV[5] == 'robot' then
  if S.state ~= 'q' or not S.may_choose_robot then return refused('no_choice') end
  local bot = S.helps and S.bot or least_bot()
  if not bot then return refused('no_robot') end
  note_left(S)
  if S.connected then leave_queues(S) end
  depart(S)
  leave_step(S, S.opened)
  call('ZREM', P .. 'dl', 's:' .. S.id)
  S.state, S.choice, S.has_waited = 'b', false, true
  give_to_bot(S, bot)
  changed(S, 'robot_chosen', 'st', 'b', 'wc', '0', 'hw', '1', 'rb', bot, 'rf', '1')
  return answer(record(S))
end

-- What he said last, however long he talked with a robot before.
local texts, newest = {}, call('XREVRANGE', P .. 't:' .. S.id, '+', '-', 'COUNT', LEFT_TEXTS)
for k = #newest, 1, -1 do
  local message = newest[k][2][2]
  if string.byte(message, 1) == 99 then texts[#texts + 1] = message end
end
if ARGV[9] ~= '' then texts[#texts + 1] = ARGV[9] end
if #texts == 0 then return refused('no_choice') end
if has_too_many_left(S.customer, S.group, ARGV[7], ARGV[8]) then
  return refused('too_many_messages')
end
local i = unpack(S.fixed)
call('HSET', S.key, 'lb', ARGV[6])
close_session(S, 'left_message')
make_left({
  id = ARGV[6], customer = S.customer, group = S.group, level = S.level, source = i[2],
  head_start = head_start(S.bucket), topic = S.topic, profile = i[8], explanation = kept[3],
}, false, texts)
return answer(ARGV[6])
