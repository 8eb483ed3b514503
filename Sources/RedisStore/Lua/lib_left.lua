-- Messages that customers left for a group. Needs lib_base, lib_session and lib_queue.
--
-- Hash `l:<message>`: `c` customer, `st` state (w waits, t taken), `k` key, `b` packed texts, each
-- as in append.lua, `e` explanation, `a` agent and `s` session once taken, and `i`, which never
-- changes: packed {level, source, group, number, at, topic, profile, head start}; `at` is Redis's
-- time. Zset `ll:<group>`: those that wait, by `at` less the head start; `lt:<group>`: the same by
-- `at`; members begin with the number (12 digits). Set `lw:<customer>`: those of his that wait.
-- Hash `lk:<customer>`: key -> message. Set `lg-left`: groups that may have some. Site field `nl`:
-- the last number. Zset `lx`: those that were taken, by when; they and their keys are deleted some
-- time after (clean.lua).
local LEFT_TEXTS = 64

local function load_left(id)
  local r = call('HMGET', P .. 'l:' .. id, 'c', 'st', 'b', 'e', 'a', 's', 'i')
  if not r[1] then return nil end
  local i = unpack(r[7])
  return {
    id = id, key = P .. 'l:' .. id, customer = r[1], state = r[2], texts = r[3],
    explanation = r[4], agent = r[5], session = r[6], level = i[1], source = i[2], group = i[3],
    number = i[4], at = i[5], topic = i[6], profile = i[7], head_start = i[8],
  }
end

local function left_member(L)
  return format('%012d', L.number) .. L.id
end

-- It waits for an agent of its group. O(log n).
local function list_left(L)
  local member = left_member(L)
  call('ZADD', P .. 'll:' .. L.group, int(L.at - L.head_start), member)
  call('ZADD', P .. 'lt:' .. L.group, int(L.at), member)
  call('SADD', P .. 'lw:' .. L.customer, L.id)
  call('SADD', P .. 'lg-left', L.group)
  notify({ 'l', L.group })
end

local function unlist_left(L)
  local member = left_member(L)
  call('ZREM', P .. 'll:' .. L.group, member)
  call('ZREM', P .. 'lt:' .. L.group, member)
  call('SREM', P .. 'lw:' .. L.customer, L.id)
  notify({ 'l', L.group })
end

-- Whether another one of this customer, or for this group, would be too many.
local function has_too_many_left(customer, group, per_customer, per_group)
  return call('SCARD', P .. 'lw:' .. customer) >= tonumber(per_customer)
    or call('ZCARD', P .. 'll:' .. group) >= tonumber(per_group)
end

-- A new one, from a table with all but `number`, `at` and `key`. `key` is false for one that a wait
-- became. `texts`: list of messages as in append.lua.
local function make_left(L, key, texts)
  L.number, L.at, L.key = call('HINCRBY', SITE, 'nl', '1'), redis_now, P .. 'l:' .. L.id
  call('HSET', L.key, 'c', L.customer, 'st', 'w', 'b', pack(texts), 'e', L.explanation, 'i',
    pack({ L.level, L.source, L.group, L.number, L.at, L.topic, L.profile, L.head_start }))
  if key then
    call('HSET', L.key, 'k', key)
    call('HSET', P .. 'lk:' .. L.customer, key, L.id)
  end
  list_left(L)
  journal('left_message', L.id, '', L.level, L.group)
end

-- The session begins with the texts, at the time they were left. Nobody watches it yet.
local function write_left_texts(S_key, id, at, texts)
  for k, message in ipairs(texts) do
    local sender_end = 2 + string.byte(message, 2)
    local prefix = sub(message, 1, sender_end + 1 + string.byte(message, sender_end + 1))
    call('XADD', P .. 't:' .. id, int(k) .. '-' .. int(at), 'm', message)
    call('HSET', S_key, prefix, k)
  end
end
