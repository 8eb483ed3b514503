-- uses: common line mark message gone full
-- A session that a robot has goes to its queue, with arrival and ticket of this moment, and is
-- matched. One that is beyond the robot already is answered as it is.
-- ARGV[3] session  [4] who, c:<customer> or b:<bot>  [5] what the robot leaves to the agent, JSON
--      [6] 1 when the robot may go on helping  [7] full at so many waiting, empty: never
--      [8] open again below  [9] origin  [10] the last words of who hands it over, said where
--      somebody is there at this hour, or both empty  [11] replication id
-- Returns as start.lua does, {refused, not_found | not_participant | session_closed | no_human |
-- closed | queue_full} or {fenced}. Atomic: one script. O(openings log n).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if ARGV[4] ~= 'c:' .. S.customer and ARGV[4] ~= 'b:' .. (S.helps and S.bot or '') then
  return refused('not_participant')
end
if S.state == 'c' then return refused('session_closed') end
if S.state ~= 'b' then return answer_start(S, true) end
if not S.may_hand_over then return refused('no_human') end
if not S.hands_over_closed and is_plan_shut(S) then return refused('closed') end
if is_full(S.group, ARGV[7], ARGV[8]) then return refused('queue_full') end
if ARGV[10] ~= '' and not is_plan_shut(S) then keep(S, ARGV[9], ARGV[10], ARGV[11]) end
enter_wait(S, 'to_humans', ARGV[5], ARGV[6] == '1')
match_session(S)
return answer_start(S, false)
