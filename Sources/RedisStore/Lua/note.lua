-- uses: common note
-- A note or whisper for the eyes of agents.
-- ARGV[3] session  [4] origin, "<incarnation> <connection>"  [5] the note's bytes, as in append.lua
-- Returns {ok, number, at}, those of the first one when the key is known; {refused, not_found |
-- not_participant | key_conflict} or {fenced}. Atomic: one script. O(1).
if is_fenced() then return FENCED end
local S, message = load_session(ARGV[3]), ARGV[5]
if not S then return refused('not_found') end
local role, sender = sub(message, 1, 1), sub(message, 3, 2 + string.byte(message, 2))
-- Its agent, also after the end; not one who is only asked. Who joined him. A supervisor anywhere.
local is_its = (S.agent == sender and S.state ~= 'o') or has_joined(S, sender)
if role ~= 's' and (role ~= 'a' or not is_its) then
  return refused('not_participant')
end
local number, at = keep_note(S, ARGV[4], message)
if not number then return refused(at) end
return answer(number, at)
