-- Agents in a conversation beside its owner: who joined it, and who is invited to. Goes with
-- lib_session.
--
-- Session's field `ot`: packed {{agent, `j` joined or `i` invited, by whom or false, words or
-- false}...}; absent without any. Zset `js:<agent>`: the sessions he is in so, by arrival.
local OTHERS = 8

-- Him among the others, and his place there; nil when he is none of them.
local function other_of(S, agent)
  for place, O in ipairs(S.others or {}) do
    if O[1] == agent then return O, place end
  end
end

local function has_joined(S, agent)
  local O = other_of(S, agent)
  return O and O[2] == 'j'
end

-- Whether nobody else may come in; the giver of a warm transfer will.
local function is_crowded(S)
  local coming = S.transfer and S.transfer[4] and 1 or 0
  return #(S.others or {}) + coming >= OTHERS
end

local function write_others(S)
  if S.others[1] then
    call('HSET', S.key, 'ot', pack(S.others))
  else
    S.others = false
    call('HDEL', S.key, 'ot')
  end
end

-- He is one of them from now on, whatever he was among them before. Told with the next change.
local function add_other(S, agent, standing, by, words)
  local _, place = other_of(S, agent)
  S.others = S.others or {}
  S.others[place or #S.others + 1] = { agent, standing, by or false, words or false }
  write_others(S)
  call('ZADD', P .. 'js:' .. agent, int(S.arrival), S.id)
end

-- Returns whether he was one. Told with the next change.
local function drop_other(S, agent)
  local O, place = other_of(S, agent)
  if not O then return false end
  table.remove(S.others, place)
  write_others(S)
  call('ZREM', P .. 'js:' .. agent, S.id)
  return true
end

local function drop_others(S)
  while S.others do drop_other(S, S.others[1][1]) end
end

-- The sessions he is in beside their owners, by arrival.
local function joined_by(agent)
  local list = {}
  for _, id in ipairs(call('ZRANGE', P .. 'js:' .. agent, 0, -1)) do
    list[#list + 1] = load_session(id)
  end
  return list
end
