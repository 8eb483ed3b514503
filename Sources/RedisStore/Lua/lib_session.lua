-- Sessions as Redis keeps them: reading, writing, telling. Needs lib_base.
--
-- Hash `s:<session>`: `c` customer, `st` state (b bot, q queued, o offered, a active, w wrap-up,
-- c closed), `v` version, `h` its head (`head_of`), `fk` forks, `q` last seq, `t` 1 while the
-- ticket lives, `a` agent, `cc` 1 while the customer is connected, `n` openings in force, `x`
-- excluded agents with until, `cr` close reason, `ca` when it ended, `te` when the talk did, `sa`
-- who talked with the customer last, `rt` `rs` `rn` `R<key>` ratings (rate.lua), `e` explanation,
-- `m` who was considered when somebody last got it (`assign`), `j<number>` "<change> <agent>
-- <Redis's time>" (the version less `jw`, the changes that decide nothing),
-- `wl` wait limit in ms, `wc` 1 while the customer is asked what he wants after it, `mr` 1 when a
-- robot may be what he wants, `hw` 1 when he waited before he chose one, `lm` the left
-- message it began as with `ln` texts, `rq` what targets ask for, `lb` the left message it became,
-- `tr` a pending transfer, packed {to, from, words or false, warm}, `T<role letter, agent and key>`
-- what a transfer's or an invitation's key asked for, `ot` agents beside its owner (lib_others),
-- `nq` the number of its last note with a field of each note's key (lib_note),
-- `sk` the keys of starts that led to it, packed, `ga` ms after which it is closed when its
-- customer has gone, `il` ms after which a silent customer is reminded and ms after which it is
-- closed, `-` for never, with `is` how long he has been silent (lib_silence), `wu` ms its agent may
-- write it up with `we` extensions so far, `tg` tags parted by line ends, `dt` `dr` `dn` what it
-- was about, what came of it and words about it, `rb` `rf` `hm` `ho` its robot (lib_bot), and `i`,
-- which only a robot's handover, a transfer to a group and opening it again change: packed
-- {level, source, group, arrival, arrived, topic, channel, profile, bucket, offer milliseconds,
-- {target, milliseconds or -1, skips, ...}}. The other fields are the keys of messages:
-- (sender, key) -> seq.
-- Hash `c`: customer -> his open session. Hash `un`: customer -> one that was closed while he was
-- away, until he begins another or leaves a message.
-- Zset `cs:<customer>`: his sessions, by Redis's time when they began.
-- Zset `k:<group>:<level>`: the live tickets of a class.
-- Hash `sk`: '<customer> <key>' of a start -> the session it led to. Zset `cl`: closed sessions by
-- the site's clock, for those that are kept no longer (clean.lua).
-- Zset `op:<state>`: the open sessions in that state, by arrival number.
-- Hash `mn`: what came about in each minute of the last hour, field `<group>:<minute % 60>`, five
-- doubles: minute, started, assigned, abandoned, closed; minutes since 1970 by Redis's time. Hash
-- `mw`: with `:3` behind that field the waits of those assigned, with `:4` of those who gave up, in
-- ms, the newest 64 of each: the minute and then each wait in ten digits.
-- Zset `dl`: deadlines. a: agent's, b: robot's, c: customer's grace, g: a conversation whose
-- customer has gone, i: a look at who is silent, j: an invitation, l: wait limit, o: offer,
-- p: pause, r: an agent who comes in slowly, s: step, t: transfer, w: wrap-up.
local sessions
beginnings[#beginnings + 1] = function() sessions = {} end

-- What append.lua has to know of a session, in one field, because it reads fields at each message:
-- the replication id and the number of its epoch, and who may write, each by role letter, length
-- and bytes of his identifier. Supervisors have the letter of agents. Every part ends with a 0,
-- which is in none. Written with every change (`changed`).
local function writer(letter, id)
  return letter .. string.char(#id) .. id .. '\0'
end

local function head_of(S)
  local head = S.replication .. ' ' .. int(S.epoch) .. '\0'
  if S.state == 'c' or S.state == 'w' then return head end
  head = head .. writer('c', S.customer)
  if S.helps then head = head .. writer('b', S.bot) end
  if S.state == 'a' then
    head = head .. writer('a', S.agent)
    for _, O in ipairs(S.others or {}) do
      if O[2] == 'j' then head = head .. writer('a', O[1]) end
    end
  end
  return head
end

-- The session of these fields, in the order in which `load_session` reads them; `i` as a table.
local function session_of(id, r, i)
  local replication, epoch = string.match(r[4], '^(%Z*) (%d+)%z')
  local known = {
    id = id, key = P .. 's:' .. id, customer = r[1], state = r[2], version = tonumber(r[3]),
    replication = replication, epoch = tonumber(epoch), seq = tonumber(r[5]),
    ticket = r[6] == '1', agent = r[7],
    connected = r[8] == '1', opened = tonumber(r[9]), excluded = r[10] and unpack(r[10]),
    reason = r[11], fixed = r[12], level = i[1], group = i[3], arrival = i[4], arrived = i[5],
    topic = i[6], bucket = i[9], offer = i[10], openings = i[11], choice = r[13] == '1',
    bot = r[14], helps = r[15] == '1', handover = r[17],
    may_choose_robot = r[18] == '1', has_waited = r[19] == '1',
    notes = tonumber(r[20] or 0),
    served = r[21] and true or false,
    writes = tonumber(r[30] or 0),
    tags = r[22] or '', about = r[23] or '', result = r[24] or '', words = r[29] or '',
    transfer = r[26] and unpack(r[26]), others = r[27] and unpack(r[27]),
    may_hand_over = r[16] == '1' or r[16] == '2', hands_over_closed = r[16] == '2',
    listed = r[2], wrap = tonumber(r[25]), idle = r[28],
  }
  -- Whether its plan asks for something of agents: rare, and dearer to queue.
  for k = 1, #known.openings, 3 do
    if find(known.openings[k], '~', 1, true) then known.asks = true end
  end
  sessions[id] = known
  return known
end

-- The session as a table, or nil. One table a session and step. O(1).
local function load_session(id)
  local known = sessions[id]
  if known then return known end
  local r = call('HMGET', P .. 's:' .. id, 'c', 'st', 'v', 'h', 'q', 't', 'a', 'cc', 'n', 'x',
    'cr', 'i', 'wc', 'rb', 'rf', 'hm', 'ho', 'mr', 'hw', 'nq', 'sa', 'tg', 'dt', 'dr', 'wu',
    'tr', 'ot', 'il', 'dn', 'jw')
  return r[1] and session_of(id, r, unpack(r[12])) or nil
end

-- A stream written under another Redis may have lost its end: a new epoch begins behind the last
-- number that is there. To be called before it is read or written. Returns where older epochs
-- forked: {epoch, number, ...}.
local function renew_epoch(S, replication)
  local kept = call('HGET', S.key, 'fk')
  local forks = kept and unpack(kept) or {}
  if S.replication ~= replication then
    forks[#forks + 1], forks[#forks + 2] = S.epoch, S.seq
    S.epoch, S.replication = S.epoch + 1, replication
    call('HSET', S.key, 'h', head_of(S), 'fk', pack(forks))
  end
  return forks
end

-- What the customer is asked: 0 nothing, 1 whether he waits on, 2 with a robot among the choices.
local function choice_of(S)
  if not S.choice then return 0 end
  if not S.may_choose_robot then return 1 end
  return (S.helps or call('EXISTS', P .. 'rb') == 1) and 2 or 1
end

-- The deadline of an invitation.
local function invitation_of(S, agent)
  return 'j:' .. S.id .. ' ' .. agent
end

-- The others as the record carries them: of an invitation it tells what is left. In a new list,
-- because what is told may not change with what the step does next.
local function others_of(S)
  local list = {}
  for place, O in ipairs(S.others or {}) do
    local due = O[2] == 'i'
      and (tonumber(call('ZSCORE', P .. 'dl', invitation_of(S, O[1]))) or now)
    list[place] = { O[1], O[2], O[3], O[4], due and math.max(0, due - now) }
  end
  return list[1] and list or false
end

-- The record as answers and notices carry it, with the wait so far. Offers tell what is left of
-- them, invitations and wrap-ups too. Spans, because the site's clock is nobody else's.
local function record(S)
  local left = false
  if S.state == 'o' then
    local due = S.offer_due or tonumber(call('ZSCORE', P .. 'dl', 'o:' .. S.id))
    if due then left = math.max(0, due - now) end
  elseif S.state == 'w' then
    local due = tonumber(call('ZSCORE', P .. 'dl', 'w:' .. S.id))
    if due then left = math.max(0, due - now) end
  end
  local T = S.transfer or false
  if T then
    local due = S.transfer_due or tonumber(call('ZSCORE', P .. 'dl', 't:' .. S.id)) or now
    T = { T[1], T[2], T[3], T[4], math.max(0, due - now) }
  end
  return { S.id, S.customer, S.state, S.version, S.epoch, S.seq, S.ticket, S.agent or false, left,
    S.connected, S.reason or false, math.max(0, now - S.arrived), S.fixed, choice_of(S),
    S.bot or false, S.helps or false, S.handover or '', S.notes, S.tags, S.about, S.result,
    S.words, T, others_of(S) }
end

-- The changes by which an agent begins to talk with the customer; an offer alone is no talk.
local SERVES = { assigned = 1, accepted = 1, picked = 1, handed_over = 1, taken = 1,
  transferred = 1, message_taken = 1 }

-- Lists the session under the state it now has. Its first notice lists it first. O(log n).
local function list_session(S)
  local was = S.version > 1 and S.listed
  if was == S.state then return end
  if was then call('ZREM', P .. 'op:' .. was, S.id) end
  if S.state ~= 'c' then call('ZADD', P .. 'op:' .. S.state, int(S.arrival), S.id) end
  S.listed = S.state
end

-- A minute's places, and how many waits of it are kept. One table, because all libraries of a step
-- are one function to Lua, which may have 200 local variables.
local MINUTE = { started = 2, assigned = 3, abandoned = 4, closed = 5, samples = 64 }

-- One of the waits of a minute, of which so many were before. Text, because a packed list is dear
-- to read and write at each assignment.
local function keep_wait(field, minute, count, wait)
  local kept, head = call('HGET', P .. 'mw', field), format('%010d', minute)
  if not kept or sub(kept, 1, 10) ~= head then kept = head end
  local before = 10 + 10 * (count % MINUTE.samples)
  call('HSET', P .. 'mw', field,
    sub(kept, 1, before) .. format('%010d', wait) .. sub(kept, before + 11))
end

-- Counts what came about with the session in this minute. O(1).
local function count_minute(S, ...)
  local minute = math.floor(redis_now / 60000)
  local field = S.group .. ':' .. int(minute % 60)
  local kept = call('HGET', P .. 'mn', field)
  local M = kept and { struct.unpack('<ddddd', kept) }
  if not M or M[1] ~= minute then M = { minute, 0, 0, 0, 0 } end
  for _, what in ipairs({ ... }) do
    if what == MINUTE.assigned or what == MINUTE.abandoned then
      keep_wait(field .. ':' .. what, minute, M[what], math.max(0, now - S.arrived))
    end
    M[what] = M[what] + 1
  end
  call('HSET', P .. 'mn', field, struct.pack('<ddddd', spread(M, 1, 5)))
end

-- After so many milliseconds a silent customer is reminded, and the session is closed; nil: never.
local function idle_limits(S)
  local remind, close = string.match(S.idle, '(%S+) (%S+)')
  return tonumber(remind), tonumber(close)
end

-- Keeps {the number of the last word, since when he is silent, pauses of the clock as they then
-- were, whether he was reminded}, and when to look again.
local function keep_silence(S, word, since, reminded, look_at)
  call('HSET', S.key, 'is', pack({ word, since, pauses, reminded }))
  call('ZADD', P .. 'dl', int(look_at), 'i:' .. S.id)
end

-- Tells every node what the session now is, and writes it down. With this change alone:
-- `left` the agent it was taken from, `by` the supervisor who decided, `who` the one among the
-- others whom it is about.
local function tell_session(S, change)
  list_session(S)
  if change == 'started' or change == 'reopened' then count_minute(S, MINUTE.started) end
  if change == 'closed' then
    if S.gave_up then
      count_minute(S, MINUTE.abandoned, MINUTE.closed)
    else
      count_minute(S, MINUTE.closed)
    end
  end
  if SERVES[change] then
    -- The first who talks with him ends his wait; a left message has not waited.
    if not S.served and change ~= 'message_taken' then count_minute(S, MINUTE.assigned) end
    S.served = true
    if S.idle then
      local remind, close = idle_limits(S)
      keep_silence(S, 0, now, false, now + (remind or close))
    end
    local record = P .. 'u:' .. S.customer
    call('HSET', record, 'l', S.agent)
    -- A visitor's identity ends some time after he first came: so may what is known of him.
    if sub(S.customer, 1, 2) == 'v_' then call('EXPIRE', record, 34560000) end
  end
  notify({ 's', change, record(S) })
  journal(change, S.id, S.who or S.agent or S.left or '', S.level, S.group, S.by)
  S.left, S.by, S.who = nil, nil, nil
end

-- So many changes are remembered with a session. What people write down of it decides nothing about
-- its way, and takes none of these places.
local EVENTS = 40
local WRITES = { tagged = 1, wrap_extended = 1 }

-- Keeps a change of the session (fields and values) under a new version, and tells of it. Every
-- notice of a session carries a new version; its first one carries version 1.
local function changed(S, change, ...)
  S.version = S.version + 1
  local version, ticket, head = int(S.version), S.ticket and '1' or '0', head_of(S)
  if WRITES[change] then
    S.writes = S.writes + 1
    call('HSET', S.key, 'h', head, 'v', version, 'jw', int(S.writes), 't', ticket, ...)
    return tell_session(S, change)
  end
  local last = S.version - S.writes
  local number = int(last)
  local event = change .. ' ' .. (S.who or S.agent or S.left or '') .. ' ' .. int(redis_now)
  if SERVES[change] then
    call('HSET', S.key, 'h', head, 'v', version, 'j' .. number, event, 't', ticket, 'sa', S.agent,
      ...)
  else
    call('HSET', S.key, 'h', head, 'v', version, 'j' .. number, event, 't', ticket, ...)
  end
  if last > EVENTS + 1 then call('HDEL', S.key, 'j' .. int(last - EVENTS)) end
  tell_session(S, change)
end

-- Somebody has taken him: he is not asked any more what he wants.
local function void_choice(S)
  if not S.choice then return end
  S.choice = false
  call('HDEL', S.key, 'wc')
end

local function open_session_of(customer)
  local id = call('HGET', P .. 'c', customer)
  return id and load_session(id)
end

-- The live ticket leaves its class for good, and everybody behind it moves up. Written down with
-- the change that is told next.
local function depart(S)
  if not S.ticket then return end
  local class = S.group .. ':' .. S.level
  S.ticket = false
  call('ZREM', P .. 'k:' .. class, int(S.arrival))
  departures[class] = departures[class] or {}
  table.insert(departures[class], S.arrival)
end
