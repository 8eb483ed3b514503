-- Notes and whispers: a second stream of a session, which no customer's path reads. Needs lib_base
-- and lib_session.
--
-- Stream `ns:<session>`: entry `<number>-<milliseconds since 1970>`, m the note's bytes as in
-- lib_message, s the number of the message it follows. Session's hash: `nq` the last number, and a
-- field N<role letter, length and sender, length and key> with the number that key led to.
-- Channel `m:<session>`: n<number> <at> <follows> <origin> and those bytes.

-- The note's number and time, those of the first one when its key is known; or nil and why not.
local function keep_note(S, origin, message)
  local sender_end = 2 + string.byte(message, 2)
  local field = 'N' .. sub(message, 1, sender_end + 1 + string.byte(message, sender_end + 1))
  local known = call('HGET', S.key, field)
  if known then
    local entry = call('XRANGE', P .. 'ns:' .. S.id, known, known)[1]
    if not entry or entry[2][2] ~= message then return nil, 'key_conflict' end
    return tonumber(known), tonumber(string.match(entry[1], '%-(%d+)'))
  end
  S.notes = S.notes + 1
  local number, at, follows = int(S.notes), int(redis_now), int(S.seq)
  call('XADD', P .. 'ns:' .. S.id, number .. '-' .. at, 'm', message, 's', follows)
  call('HSET', S.key, 'nq', number, field, number)
  call('PUBLISH', P .. 'm:' .. S.id,
    'n' .. number .. ' ' .. at .. ' ' .. follows .. ' ' .. origin .. ' ' .. message)
  return S.notes, redis_now
end
