-- Ground under every step: the site's keys, its clock, the fence, notices and the journal.
--
-- Every step is a function of one library of Redis. Its text is joined once, when the node starts,
-- from these files alone: first the files that are common to all, then for each step those that its
-- `-- uses:` line names beside `common`, and the step itself as the function's body. Lua allows 200
-- local names at a time. Redis runs the library when it takes it in, lends it nothing then, and
-- keeps it: what a file needs of Redis or of Lua, and what it remembers of a running step, is set
-- when a step begins, by a function in `beginnings`. Those run at every step.
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

-- What each library does when a step begins.
local beginnings = {}
local spread -- Lua's own: a table's values one by one
beginnings[1] = function() spread = unpack end
-- Lent to running steps only, like everything of Redis and of Lua.
local call, pack, unpack, format, sub, find
-- Keys and arguments of the running step; the site's hash, and how all its keys begin.
local KEYS, ARGV, SITE, P
-- The site's clock: see `read_clock`. How agents are chosen. Groups out of hours,
-- ",sales,after,", or false.
local pauses, last_sweep, selection, redis_now, now, shut
-- Agents looked at in this step, as they are and as they were; tickets that left, by class; what
-- is to be told.
local agents, agents_before, departures, notices

-- A whole number as text. Redis writes a Lua number with 17 digits and the C library's slowest
-- path, which costs more than most commands: give it text where it matters.
local function int(number)
  return format('%d', number)
end

-- Redis's time in milliseconds, and the site's: Redis's less the pauses. It stands still from two
-- seconds after the last sweep, so that nothing expires while nobody looks; the next sweep books
-- the difference as a pause.
local PAUSE = 2000

local function read_clock()
  local clock = call('HMGET', SITE, 'po', 'ls', 'sel', 'sh')
  pauses, last_sweep = tonumber(clock[1]) or 0, tonumber(clock[2])
  selection, shut = clock[3] or 'least-loaded', clock[4]
  if ARGV[1] ~= '' then
    redis_now = tonumber(ARGV[1])
  else
    local time = call('TIME')
    redis_now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  now = math.min(redis_now, (last_sweep or redis_now) + PAUSE) - pauses
end

-- A step begins: nothing of the last one is left.
local function begin(keys, arguments)
  KEYS, ARGV, SITE = keys, arguments, keys[1]
  call, pack, unpack = redis.call, cmsgpack.pack, cmsgpack.unpack
  format, sub, find = string.format, string.sub, string.find
  P = sub(SITE, 1, -5)
  agents, agents_before, departures, notices = {}, {}, {}, {}
  read_clock()
  for _, beginning in ipairs(beginnings) do beginning() end
end

-- True when the caller's lease has ended: it must not change anything any more.
local function is_fenced()
  return not call('ZSCORE', P .. 'leases', ARGV[2])
end

local FENCED = '\145\166fenced' -- packed { 'fenced' }

local function refused(name)
  return pack({ 'refused', name })
end

-- Keeps a notice for every node of the site; all of a step leave in one message.
local function notify(notice)
  notices[#notices + 1] = notice
end

-- What libraries have to do when a step's own work is done, the last one first.
local endings = {}

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
    local version = call('HINCRBY', SITE, 'v:' .. class, '1')
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
    elseif A.held ~= was.held or A.capacity ~= was.capacity or A.group_text ~= was.group_text
      or A.reason ~= was.reason or A.ramp ~= was.ramp or A.by ~= was.by then
      changed[#changed + 1] = id
    end
  end
  table.sort(changed)
  for _, id in ipairs(changed) do
    local A = agents[id]
    notify({ 'a', { A.id, A.status, A.reach, A.capacity, A.held, A.group_text, A.reason,
      math.max(0, now - A.since), A.ramp or false, A.by or false } })
  end
end

-- Ends a step: numbers and publishes its notices, then packs the answer.
local function answer(...)
  for k = #endings, 1, -1 do endings[k]() end
  tell_departures()
  tell_agents()
  local count = #notices
  if count > 0 then
    local last = call('HINCRBY', SITE, 'ev', int(count))
    call('PUBLISH', P .. 'ev', pack({ last - count + 1, notices }))
  end
  return pack({ 'ok', ... })
end
