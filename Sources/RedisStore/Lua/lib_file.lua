-- Files of sessions. Needs lib_base and lib_session.
--
-- Hash `fs:<session>`: `<file>` packed {owner, key, name, bytes, state, type}, with the owner as
-- c:<customer> or a:<agent> and the state o offered, k its content is there, s a message names it;
-- and `=<owner> <key>` of an offer -> its file.
-- Zset `fo`: '<file> <session>' that no message names yet, by the site's clock when they were
-- offered.
-- Zset `fd`: files that belong to nobody any more, until a node says that nothing is left of them.
-- Site's hash `fb`: bytes of all contents together; what is only offered takes no space.

local function load_file(session, id)
  local packed = call('HGET', P .. 'fs:' .. session, id)
  if not packed then return nil end
  local f = unpack(packed)
  return { id = id, session = session, owner = f[1], key = f[2], name = f[3], bytes = f[4],
    state = f[5], type = f[6] }
end

local function save_file(F)
  call('HSET', P .. 'fs:' .. F.session, F.id,
    pack({ F.owner, F.key, F.name, F.bytes, F.state, F.type }))
end

local function answer_file(F, S)
  return answer(F.id, F.name, F.type, F.bytes, F.owner, F.state, record(S))
end

local function has_space(bytes, total)
  return tonumber(call('HGET', SITE, 'fb') or 0) + bytes <= tonumber(total)
end

-- It belongs to nobody any more.
local function lose_file(F)
  call('HDEL', P .. 'fs:' .. F.session, F.id, '=' .. F.owner .. ' ' .. F.key)
  call('ZREM', P .. 'fo', F.id .. ' ' .. F.session)
  if F.state ~= 'o' then call('HINCRBY', SITE, 'fb', int(-F.bytes)) end
  call('ZADD', P .. 'fd', 0, F.id)
end

-- The talk has ended, though its agent may still be writing it up.
local function is_over(S)
  return S.state == 'c' or S.state == 'w'
end

-- The customer while it is open, its agent while he owns it and who joined him; as append.lua has
-- it.
local function may_write(S, who)
  if sub(who, 1, 2) == 'c:' then return sub(who, 3) == S.customer end
  return S.state == 'a' and (sub(who, 3) == S.agent or has_joined(S, sub(who, 3)))
end
