-- uses: common hands note
-- A colleague is invited into a conversation.
-- ARGV[3] session  [4] by whom: role letter and identifier  [5] key  [6] what makes it the same
--      [7] agent  [8] words for him, or empty  [9] origin  [10] the words as a note (note.lua), or
--      both empty  [11] ms after which the invitation ends
-- Returns {ok, session}, also for one who is in it already and for a key that is known with this
-- body; {refused, not_found | key_conflict | not_participant | session_closed | not_active |
-- unknown_agent | agent_unavailable | too_many} or {fenced}. Atomic: one script. O(log n).
if is_fenced() then return FENCED end
local S, field = load_session(ARGV[3]), 'T' .. ARGV[4] .. ' ' .. ARGV[5]
local known = answer_known(S, ARGV[4], field, ARGV[6])
if known then return known end
local A = load_agent(ARGV[7])
if not A then return refused('unknown_agent') end
if not is_here(A) or A.id == S.agent then return refused('agent_unavailable') end
local is_in = other_of(S, A.id)
if not is_in and is_crowded(S, true) then return refused('too_many') end
call('HSET', S.key, field, ARGV[6])
if ARGV[10] ~= '' then keep_note(S, ARGV[9], ARGV[10]) end
if not is_in then
  add_other(S, A.id, 'i', sub(ARGV[4], 2), ARGV[8] ~= '' and ARGV[8])
  call('ZADD', P .. 'dl', int(now + tonumber(ARGV[11])), invitation_of(S, A.id))
  S.who = A.id
  if sub(ARGV[4], 1, 1) == 's' then S.by = sub(ARGV[4], 2) end
  changed(S, 'agent_invited')
end
return answer(record(S))
