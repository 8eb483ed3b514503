-- uses: common mark file
-- The text of a message goes for good: a mark stays in its place, and a file it names belongs to
-- nobody any more. So do the copies that a left message and a robot's words to an agent hold.
-- ARGV[3] session  [4] number of the message  [5] the supervisor who wants it
-- Returns {ok}, also when it is gone already; {refused, not_found}, also for a line of the hub's
-- own, or {fenced}. Atomic: one script. O(messages of the session): a stream keeps the bytes of
-- what is deleted from it until a whole block of it goes, so it is written anew.
if is_fenced() then return FENCED end
local S, seq = load_session(ARGV[3]), ARGV[4]
local stream = S and P .. 't:' .. S.id
local entry = S and call('XRANGE', stream, seq, seq)[1]
local message = entry and entry[2][2]
if not message or sub(message, 1, 1) == 'm' then return refused('not_found') end
if is_mark(message) then return answer() end
local mark = mark_of(message)

local entries = call('XRANGE', stream, '-', '+')
call('UNLINK', stream)
for _, one in ipairs(entries) do
  call('XADD', stream, one[1], 'm', one[1] == entry[1] and mark or one[2][2])
end

local file = string.match(message, '"file":{"id":"(f_%w+)"')
local F = file and load_file(S.id, file)
if F then lose_file(F) end

-- The left message it began as, and the one it became.
local lefts = call('HMGET', S.key, 'lm', 'lb')
for k = 1, 2 do
  local packed = lefts[k] and call('HGET', P .. 'l:' .. lefts[k], 'b')
  local texts, found = packed and unpack(packed) or {}, false
  for n, text in ipairs(texts) do
    if text == message then texts[n], found = mark, true end
  end
  if found then call('HSET', P .. 'l:' .. lefts[k], 'b', pack(texts)) end
end

-- What a robot left to whoever took over repeats the customer's last questions.
local _, questions = find(S.handover or '', '"questions":[', 1, true)
if questions and sub(message, 1, 1) == 'c' then
  local without = sub(S.handover, 1, questions) .. ']}'
  if without ~= S.handover then
    S.handover = without
    changed(S, 'tagged', 'ho', without)
  end
end
notify({ 'x', S.id, tonumber(seq), S.customer, S.agent or false })
journal('message_deleted', S.id, S.agent or '', S.level, S.group, ARGV[5])
return answer()
