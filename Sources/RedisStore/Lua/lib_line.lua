-- What the hub itself says in a session. Needs lib_base and lib_session. A step that names `line`
-- in its `-- uses:` line is given the replication id as its last argument; no other may say
-- anything.
--
-- A line lies in the stream as a message does (lib_message), said by m `hub` without a key. It is
-- numbered and published like one, and is nobody's word: it has no field in the session's hash.
local line_replication
beginnings[#beginnings + 1] = function() line_replication = nil end

local LINE = 'm\3hub\0"from":{"role":"hub","id":"hub"},"kind":"system","event":"'

-- The agent as lines name him: one JSON object, as a node wrote it (`lb` of his hash).
local function label_of(agent)
  return call('HGET', P .. 'a:' .. agent, 'lb')
    or '{"id":"' .. agent .. '","name":"' .. agent .. '"}'
end

-- `agent`: whom the line is about; may be nil. To be said before the change it belongs to is told.
local function say(S, event, agent)
  renew_epoch(S, assert(line_replication, 'the step does not use line'))
  S.seq = S.seq + 1
  local seq, at, line = int(S.seq), int(redis_now), LINE .. event .. '"'
  if agent then line = line .. ',"agent":' .. label_of(agent) end
  call('XADD', P .. 't:' .. S.id, seq .. '-' .. at, 'm', line)
  call('HSET', S.key, 'q', seq)
  call('PUBLISH', P .. 'm:' .. S.id,
    'm' .. seq .. ' ' .. at .. ' ' .. int(S.epoch) .. ' 0 0 ' .. line)
end
