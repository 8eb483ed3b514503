-- uses: common line
-- An invited agent joins a conversation, or a supervisor does unasked. It takes none of his slots.
-- ARGV[3] session  [4] who: role letter and identifier  [5] replication id
-- Returns {ok, session}, also for its owner and for one who is in it already; {refused, not_found |
-- not_participant | session_closed | not_active | agent_unavailable | too_many} or {fenced}.
-- Atomic: one script. O(log n).
if is_fenced() then return FENCED end
local S, id = load_session(ARGV[3]), sub(ARGV[4], 2)
if not S then return refused('not_found') end
if (S.agent == id and S.state == 'a') or has_joined(S, id) then return answer(record(S)) end
local is_invited = other_of(S, id)
if not is_invited and sub(ARGV[4], 1, 1) ~= 's' then return refused('not_participant') end
if S.state == 'c' then return refused('session_closed') end
if S.state ~= 'a' then return refused('not_active') end
local A = load_agent(id)
if not A or A.reach == 'gone' then return refused('agent_unavailable') end
if is_crowded(S) then return refused('too_many') end
say(S, 'agent_joined', id)
add_other(S, id, 'j')
S.who = id
changed(S, 'agent_joined')
return answer(record(S))
