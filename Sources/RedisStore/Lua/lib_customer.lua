-- What is known of customers apart from their sessions. Needs lib_base.
--
-- Hash `u:<customer>`: `d` dedicated agent, `l` the agent who talked with him last, `r` packed
-- ratings {agent, score, milliseconds since 1970, agent, ...}, and a field for each attribute:
-- `=<name>` -> its value as text (AttributeText.swift). Zset `us`, all scores 0: customers with an
-- attribute or a dedicated agent, so that they are listed in order.

-- The record as answers carry it. O(attributes).
local function customer_record(id)
  local flat, attributes = call('HGETALL', P .. 'u:' .. id), {}
  local dedicated, last, ratings = false, false, {}
  for k = 1, #flat, 2 do
    local field, value = flat[k], flat[k + 1]
    if sub(field, 1, 1) == '=' then
      attributes[#attributes + 1] = sub(field, 2)
      attributes[#attributes + 1] = value
    elseif field == 'd' then
      dedicated = value
    elseif field == 'l' then
      last = value
    elseif field == 'r' then
      ratings = unpack(value)
    end
  end
  return { id, dedicated, last, ratings, attributes }
end

-- The same with those attributes alone whose fields stand in ARGV from `k`. O(those).
local function chosen_record(id, k)
  local key, attributes = P .. 'u:' .. id, {}
  local about = call('HMGET', key, 'd', 'l', 'r')
  for first = k, #ARGV, 1000 do
    local last = math.min(first + 999, #ARGV)
    local values = call('HMGET', key, spread(ARGV, first, last))
    for n = first, last do
      local value = values[n - first + 1]
      if value then
        attributes[#attributes + 1] = sub(ARGV[n], 2)
        attributes[#attributes + 1] = value
      end
    end
  end
  return { id, about[1], about[2], about[3] and unpack(about[3]) or {}, attributes }
end

-- How many attributes he has. O(1).
local function attribute_count(id)
  local key = P .. 'u:' .. id
  return call('HLEN', key) - call('HEXISTS', key, 'd') - call('HEXISTS', key, 'l')
    - call('HEXISTS', key, 'r')
end

-- Carries out the change that stands in ARGV from `k`: customer, dedicated agent (empty: as it is,
-- `-`: none, `=<agent>`), number of attributes to set, number to remove, then `=<name>` and value
-- of each to set, then `=<name>` of each to remove. Returns where the next one stands, and whether
-- the customer is listed now and was not before. O(attributes of the change + log customers).
local function change_customer(k)
  local id, dedicated, sets, removed = ARGV[k], ARGV[k + 1], tonumber(ARGV[k + 2]),
    tonumber(ARGV[k + 3])
  local key, from, listed = P .. 'u:' .. id, k + 4, 0
  local names = from + 2 * sets
  for first = names, names + removed - 1, 1000 do
    call('HDEL', key, spread(ARGV, first, math.min(first + 999, names + removed - 1)))
  end
  for first = from, names - 1, 2000 do
    call('HSET', key, spread(ARGV, first, math.min(first + 1999, names - 1)))
  end
  if dedicated == '-' then
    call('HDEL', key, 'd')
  elseif dedicated ~= '' then
    call('HSET', key, 'd', sub(dedicated, 2))
  end
  if sets > 0 or sub(dedicated, 1, 1) == '=' then
    listed = call('ZADD', P .. 'us', '0', id)
  elseif removed > 0 or dedicated == '-' then
    local others = call('HEXISTS', key, 'l') + call('HEXISTS', key, 'r')
    if call('HLEN', key) == others then call('ZREM', P .. 'us', id) end
  end
  return names + removed, listed == 1
end

-- Keeps a customer's score of an agent, in place of an older one. Of too many agents the one rated
-- longest ago is forgotten. O(20).
local function note_rating(customer, agent, score, bound)
  local key = P .. 'u:' .. customer
  local kept, ratings = call('HGET', key, 'r'), {}
  local flat = kept and unpack(kept) or {}
  for k = 1, #flat, 3 do
    if flat[k] ~= agent then ratings[#ratings + 1] = { flat[k], flat[k + 1], flat[k + 2] } end
  end
  ratings[#ratings + 1] = { agent, score, redis_now }
  table.sort(ratings, function(a, b) return a[3] < b[3] or (a[3] == b[3] and a[1] < b[1]) end)
  flat = {}
  for k = math.max(1, #ratings - bound + 1), #ratings do
    for _, value in ipairs(ratings[k]) do flat[#flat + 1] = value end
  end
  call('HSET', key, 'r', pack(flat))
end
