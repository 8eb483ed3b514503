-- uses: common line mark message full
-- A customer asks for somebody: his open session, or a new one, a robot's or queued and matched; or
-- one that is over is opened again: what was said stays with it, all else is as for a new one.
-- ARGV[3]... a name and its value for each thing that is said, in any order; absent means none:
--   session     to make              customer     who asks
--   version     of the site that the rest was decided by
--   home        group whose class and ticket the session has
--   level       0...10               source       where the level came from
--   head_start  ms                   offer        ms; absent: assigned without asking
--   full        closed at so many waiting         reopen  open again below
--   openings    a line for each: target, ms until the next one opens or `-` for the last, and `s`
--               when it is skipped while nobody of it is there, else `w`; parted by blanks. A
--               target is a group, an agent (`@anna`), or a group with `~1`, `~2`...: then
--   ~1, ~2...   is what it asks of an agent, as in lib_targets
--   exclusions  a line for each: agent, and for how many ms, `-` for the whole session
--   topic, channel, profile, explanation          texts
--   limit       ms after which the customer is asked what he wants
--   robot       1 when he may choose a robot then
--   gone        ms after which a conversation is closed whose customer has gone
--   idle        ms after which a silent customer is reminded and ms after which it is closed,
--               parted by a blank, `-` for never
--   wrap        ms its agent may write the talk up
--   replication id                   origin, message   the first message, as in append.lua
--   ways        who may take it, in the order in which they are tried: robot, queue; others are
--               passed over           handover    1 when a robot may hand it to the
--               queue, 2 also out of hours
--   again       `session` is one that is over: ms after its end in which it may be opened again
--   key         the client's; the session it led to once is answered, also when that is closed
-- An open session takes the message up like any other.
-- Returns {ok, session, existing, position or false, class version, ahead, flow, what became of the
-- message: false, {refusal}, or {seq, at, epoch, known already}},
-- {refused, queue_full | no_robot}, {refused, reload} when another version is in force, of one that
-- is opened again {refused, not_found | not_reopenable | session_open | key_conflict}, or {fenced}.
-- The last argument is the replication id.
-- Atomic: one script. O(openings log n), and O(agents) when a requirement is new.
if is_fenced() then return FENCED end
local given = {}
for k = 3, #ARGV, 2 do given[ARGV[k]] = ARGV[k + 1] end

local id, customer, home = given.session, given.customer, given.home

-- Whoever sends this start again is led to this session. The newest 200 of a session count.
local function remember_key(S)
  if not given.key then return end
  local keys = call('HGET', S.key, 'sk')
  keys = keys and unpack(keys) or {}
  keys[#keys + 1] = given.key
  if #keys > 200 then call('HDEL', P .. 'sk', customer .. ' ' .. table.remove(keys, 1)) end
  call('HSET', S.key, 'sk', pack(keys))
  call('HSET', P .. 'sk', customer .. ' ' .. given.key, S.id)
end

-- The session that the key led to, or the open one, takes the message up.
local function take_up(S)
  local kept = given.message and keep(S, given.origin, given.message, given.replication) or false
  return answer_start(S, true, kept)
end

local led_to = given.key and call('HGET', P .. 'sk', customer .. ' ' .. given.key)
local known = led_to and load_session(led_to)
if known then
  if given.again and known.id ~= id then return refused('key_conflict') end
  return take_up(known)
end
local open = open_session_of(customer)
if open then
  if given.again and open.id ~= id then return refused('session_open') end
  remember_key(open)
  return take_up(open)
end
local past = given.again and load_session(id)
if given.again then
  if not past or past.customer ~= customer then return refused('not_found') end
  local ended = tonumber(call('HGET', past.key, 'te') or 0)
  if now - ended > tonumber(given.again) then return refused('not_reopenable') end
end
local in_force = call('HGET', P .. 'files', 'version')
if in_force and in_force ~= given.version then return refused('reload') end

-- The first way that is free: a robot, or the home queue.
local bot, refusal, taken = nil, 'no_robot', false
for way in string.gmatch(given.ways, '[^,]+') do
  if way == 'robot' then
    bot = least_bot()
    taken = bot ~= nil
  elseif way == 'queue' then
    taken = not is_full(home, given.full or '', given.reopen or '')
    if not taken then refusal = 'queue_full' end
  end
  if taken then break end
end
if not taken then return refused(refusal) end

-- Its agent is matched when it waits itself, so that the first in true order is served first.
local freed
if past then
  freed = past.state == 'w' and finish_wrap(past)
  forget_end(past)
end

local openings, requirements = {}, {}
for target, duration, skips in string.gmatch(given.openings, '(%S+) (%S+) (%S+)') do
  local count, tilde = #openings, find(target, '~', 1, true)
  if tilde then
    local requirement = given[sub(target, tilde)]
    target = sub(target, 1, tilde) .. sub(redis.sha1hex(requirement), 1, 24)
    requirements[target] = requirement
  end
  openings[count + 1], openings[count + 2] = target, tonumber(duration) or -1
  openings[count + 3] = skips == 's'
end
use_targets(openings, requirements)
local excluded, pause_ends = nil, FOREVER
for agent, milliseconds in string.gmatch(given.exclusions or '', '(%S+) (%S+)') do
  excluded = excluded or {}
  excluded[agent] = milliseconds == '-' and FOREVER or now + tonumber(milliseconds)
  pause_ends = math.min(pause_ends, excluded[agent])
end
local arrival, level = call('HINCRBY', SITE, 'na', '1'), tonumber(given.level)
local state, ticket, class = bot and 'b' or 'q', not bot and '1', home .. ':' .. given.level
local connected = call('HEXISTS', P .. 'p', 'c:' .. customer) == 1 and '1' or '0'
local seq, passed_over = given.message and '1' or '0', excluded and pack(excluded) or false
local plan = { level, given.source, home, arrival, now, given.topic or false,
  given.channel or false, given.profile, given.level .. ':' .. given.head_start,
  given.offer and tonumber(given.offer) or false, openings }
local fixed = pack(plan)
-- What was said and written down of one that is opened again stays.
local was = past or { version = '1', epoch = 1, replication = given.replication, seq = seq }
local head = head_of({ replication = was.replication, epoch = was.epoch, state = state,
  customer = customer, bot = bot, helps = bot })
-- As `load_session` would read it.
local S = session_of(id, { customer, state, was.version, head, was.seq, ticket, false, connected,
  '1', passed_over, false, fixed, false, bot or false, bot and '1' or false,
  given.handover or false, false, given.robot or false, false, was.notes, false, was.tags,
  was.about, was.result, given.wrap or false, false, false, given.idle or false,
  was.words, was.writes }, plan)
if past then S.listed = 'c' end
if not bot then open_steps(S, now, true) end
local fields = { 'c', customer, 'st', state, 'h', head, 'hm', given.handover, 'cc', connected, 'n',
  int(S.opened), 'e', given.explanation, 'i', fixed }
local function write(field, value)
  if value then fields[#fields + 1], fields[#fields + 2] = field, value end
end
if not past then
  write('v', '1')
  write('q', seq)
end
write('wl', given.limit)
write('mr', given.robot)
write('rq', next(requirements) and pack(requirements))
write('x', passed_over)
write('rb', bot)
write(bot and 'rf' or 't', '1')
write('ga', given.gone)
write('il', given.idle)
write('wu', given.wrap)
if past then
  remember_key(S)
elseif given.key then
  write('sk', pack({ given.key }))
  call('HSET', P .. 'sk', customer .. ' ' .. given.key, id)
end
if given.message then
  write(name_of(given.message), '1')
  append_first(id, given.message)
end
call('HSET', S.key, spread(fields))
call('HSET', P .. 'c', customer, id)
if not past then call('ZADD', P .. 'cs:' .. customer, int(redis_now), id) end
call('HDEL', P .. 'un', customer)
local kept = given.message and { 1, redis_now, 1, false } or false

local function tell_start()
  if not past then return tell_session(S, 'started') end
  say(S, 'reopened')
  changed(S, 'reopened')
end

if bot then
  give_to_bot(S, bot)
  tell_start()
  if freed then match_agent(freed) end
  return answer_start(S, false, kept)
end
if pause_ends < FOREVER then call('ZADD', P .. 'dl', int(pause_ends), 'p:' .. id) end
local number = int(arrival)
call('ZADD', P .. 'k:' .. class, number, number)
if S.connected then enter_queues(S) end
if given.limit then call('ZADD', P .. 'dl', int(now + tonumber(given.limit)), 'l:' .. id) end
tell_start()
note_arrival(home, level)
if freed then match_agent(freed) end
match_session(S)
return answer_start(S, false, kept)
