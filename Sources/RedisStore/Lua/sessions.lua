-- uses: common people
-- The open sessions of a person; of a customer without one, what was closed while he was away.
-- ARGV[3] person, c:<customer>, a:<agent> or b:<bot>
-- Returns {ok, {session...}} or {fenced}. Atomic: one script. O(sessions held).
if is_fenced() then return FENCED end
local id = sub(ARGV[3], 3)
if sub(ARGV[3], 1, 1) == 'c' then
  local S = open_session_of(id)
  if not S then
    local unseen = call('HGET', P .. 'un', id)
    S = unseen and load_session(unseen)
  end
  return answer(S and { record(S) } or {})
end
if sub(ARGV[3], 1, 1) == 'b' then return answer(bot_records(id)) end
local A = load_agent(id)
return answer(A and held_records(A) or {})
