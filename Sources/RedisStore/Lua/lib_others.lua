-- Agents in a conversation beside its owner: who joined it, and who is invited to. Goes with
-- lib_session.
--
-- Session's field `ot`: packed {{agent, `j` joined or `i` invited, by whom or false, words or
-- false}...}; absent without any. Zset `js:<agent>`: the sessions he is in so, by arrival. An
-- invitation ends by its deadline, `j:<session> <agent>`.
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

-- Whether nobody else may come in, or may be asked to (`counts_invited`): then everybody counts who
-- is asked already. The giver of a warm transfer will be in it.
local function is_crowded(S, counts_invited)
  local coming = S.transfer and S.transfer[4] and 1 or 0
  for _, O in ipairs(S.others or {}) do
    if counts_invited or O[2] == 'j' then coming = coming + 1 end
  end
  return coming >= OTHERS
end

local function write_others(S, list)
  S.others = list[1] and list or false
  if S.others then call('HSET', S.key, 'ot', pack(list)) else call('HDEL', S.key, 'ot') end
end

-- He is one of them from now on, whatever he was among them before. Told with the next change.
local function add_other(S, agent, standing, by, words)
  local O, place = other_of(S, agent)
  if O and O[2] == 'i' then call('ZREM', P .. 'dl', invitation_of(S, agent)) end
  local list = S.others or {}
  list[place or #list + 1] = { agent, standing, by or false, words or false }
  write_others(S, list)
  call('ZADD', P .. 'js:' .. agent, int(S.arrival), S.id)
end

-- Nobody whom `is_out` names is one of them any more. Told with the next change.
local function drop_where(S, is_out)
  local list = {}
  for _, O in ipairs(S.others or {}) do
    if not is_out(O) then
      list[#list + 1] = O
    else
      if O[2] == 'i' then call('ZREM', P .. 'dl', invitation_of(S, O[1])) end
      call('ZREM', P .. 'js:' .. O[1], S.id)
    end
  end
  if #list < #(S.others or {}) then write_others(S, list) end
end

-- Returns whether he was one.
local function drop_other(S, agent)
  local was = other_of(S, agent) ~= nil
  drop_where(S, function(O) return O[1] == agent end)
  return was
end

local function drop_others(S)
  drop_where(S, function() return true end)
end

-- Who has not come in yet is asked no longer.
local function drop_invited(S)
  drop_where(S, function(O) return O[2] == 'i' end)
end

-- The sessions he is in beside their owners, by arrival.
local function joined_by(agent)
  local list = {}
  for _, id in ipairs(call('ZRANGE', P .. 'js:' .. agent, 0, -1)) do
    list[#list + 1] = load_session(id)
  end
  return list
end
