-- Ground under every step: the site's keys, its clock, the fence, notices and the journal.
--
-- A step's script is the library files it names in its `-- uses:` line, in that order, and then
-- the step itself. They are joined once, when the node starts, from these files alone.
--
-- KEYS[1]  "{site}:site", the site's own hash; all other keys begin like it and so share its slot
-- ARGV[1]  milliseconds since 1970 from a test harness; empty in production: Redis's own time
-- ARGV[2]  incarnation of the calling node, empty where a step needs no lease
--
-- What a step tells is in a fixed order: session changes as they happen, then one `departed` per
-- class (by group, then level), then one `agent` per changed agent (by identifier).
--
-- Fields of the site's hash: `po` milliseconds of pauses, `ls` last sweep (Redis's time), `sel`
-- how agents are chosen, `ni` `na` `rr` `ev` last incarnation, arrival, assignment and notice,
-- `sh` `hn` groups out of hours and when that changes next (lib_hours),
-- `v:<group>:<level>` class versions, `f:<group>` a queue closed as full, `w:<group>` its flow (see
-- lib_flow), `u:<group>` open sessions that name it, `gs` the site file's groups.
local call = redis.call
local spread = unpack -- Lua's own: a table's values one by one
local pack, unpack = cmsgpack.pack, cmsgpack.unpack
local format, sub, find = string.format, string.sub, string.find
local SITE = KEYS[1]
local P = sub(SITE, 1, -5)

-- A whole number as text. Redis writes a Lua number with 17 digits and the C library's slowest
-- path, which costs more than most commands: give it text where it matters.
local function int(number)
  return format('%d', number)
end

local clock = call('HMGET', SITE, 'po', 'ls', 'sel', 'sh')
local pauses = tonumber(clock[1]) or 0
local last_sweep = tonumber(clock[2])
local selection = clock[3] or 'least-loaded'
-- Groups out of hours, ",sales,after,", or false.
local shut = clock[4]

-- Redis's time in milliseconds, and the site's: Redis's less the pauses. It stands still from two
-- seconds after the last sweep, so that nothing expires while nobody looks; the next sweep books
-- the difference as a pause.
local PAUSE = 2000
local redis_now
if ARGV[1] ~= '' then
  redis_now = tonumber(ARGV[1])
else
  local time = call('TIME')
  redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = math.min(redis_now, (last_sweep or redis_now) + PAUSE) - pauses

-- True when the caller's lease has ended: it must not change anything any more.
local function is_fenced()
  return not call('ZSCORE', P .. 'leases', ARGV[2])
end

local FENCED = pack({ 'fenced' })

local function refused(name)
  return pack({ 'refused', name })
end

local notices = {}
-- Agents looked at in this step, as they are and as they were; tickets that left, by class.
local agents, agents_before, departures = {}, {}, {}

-- Keeps a notice for every node of the site; all of a step leave in one message.
local function notify(notice)
  notices[#notices + 1] = notice
end

-- Set by a library that has something to settle when a step's own work is done.
local before_answer

-- What happened, for the board, records and replay. Never a message's text. `by`: who decided, when
-- a supervisor did.
local function journal(kind, session, agent, level, group, by)
  if by then
    call('XADD', P .. 'journal', 'MAXLEN', '~', '1000000', '*', 'type', kind, 'session', session,
      'agent', agent, 'level', level, 'group', group, 'at', int(now), 'by', by)
  else
    call('XADD', P .. 'journal', 'MAXLEN', '~', '1000000', '*', 'type', kind, 'session', session,
      'agent', agent, 'level', level, 'group', group, 'at', int(now))
  end
end

-- One notice for each class that tickets left in this step, so its version rises by one.
local function tell_departures()
  local classes = {}
  for class in pairs(departures) do classes[#classes + 1] = class end
  table.sort(classes)
  for _, class in ipairs(classes) do
    local tickets, colon = departures[class], find(class, ':', 1, true)
    table.sort(tickets)
    local version = call('HINCRBY', SITE, 'v:' .. class, 1)
    notify({ 'd', sub(class, 1, colon - 1), tonumber(sub(class, colon + 1)), version, tickets })
  end
  departures = {}
end

-- One notice for each agent whose record is not what it was before this step.
local function tell_agents()
  local changed = {}
  for id, A in pairs(agents) do
    local was = agents_before[id]
    if A.status ~= was.status or A.reach ~= was.reach then
      journal('agent:' .. A.status .. ':' .. A.reach, '', id, '', '')
      changed[#changed + 1] = id
    elseif A.held ~= was.held or A.capacity ~= was.capacity or A.group_text ~= was.group_text then
      changed[#changed + 1] = id
    end
  end
  table.sort(changed)
  for _, id in ipairs(changed) do
    local A = agents[id]
    notify({ 'a', { A.id, A.status, A.reach, A.capacity, A.held, A.group_text } })
  end
end

-- Ends a step: numbers and publishes its notices, then packs the answer.
local function answer(...)
  if before_answer then before_answer() end
  tell_departures()
  tell_agents()
  local count = #notices
  if count > 0 then
    local last = call('HINCRBY', SITE, 'ev', count)
    call('PUBLISH', P .. 'ev', pack({ last - count + 1, notices }))
  end
  return pack({ 'ok', ... })
end
