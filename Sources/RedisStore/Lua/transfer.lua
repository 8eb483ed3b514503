-- uses: common line hands note full
-- A conversation goes to a colleague, who is asked as for an offer, or to a group's queue.
-- ARGV[3] session  [4] by whom: role letter and identifier  [5] key  [6] what makes it the same
--      [7] agent or empty  [8] group or empty  [9] words for him, or empty
--      [10] origin  [11] the words as a note (note.lua), or both empty
--      [12] 1: a warm one, to an agent: the giver stays in it  [13] the group's queue is full at so
--      many waiting, empty: never  [14] open again below  [15] replication id
-- A session that is given out without asking goes to the agent at once. To a group it goes hidden,
-- with its level and arrival: the group is its home from then on, and no other is to take it. The
-- giver is passed over for 10 seconds.
-- Returns {ok, session}, also for a key that is known with this body; {refused, not_found |
-- key_conflict | not_participant | session_closed | not_active | unknown_agent |
-- agent_unavailable | agent_full | too_many | closed | queue_full} or {fenced}. Atomic: one script.
-- O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S, group, field = load_session(ARGV[3]), ARGV[8], 'T' .. ARGV[4] .. ' ' .. ARGV[5]
local known = answer_known(S, ARGV[4], field, ARGV[6])
if known then return known end
if S.transfer then return refused('not_active') end
local A, is_warm = group == '' and load_agent(ARGV[7]), ARGV[12] == '1'
if group == '' then
  if not A then return refused('unknown_agent') end
  if not is_here(A) or A.id == S.agent then return refused('agent_unavailable') end
  if A.held >= A.capacity then return refused('agent_full') end
  if is_warm and not has_joined(S, A.id) and is_crowded(S) then return refused('too_many') end
end
if group ~= '' then
  if is_shut(group) then return refused('closed') end
  if is_full(group, ARGV[13], ARGV[14]) then return refused('queue_full') end
end
call('HSET', S.key, field, ARGV[6])
if ARGV[11] ~= '' then keep_note(S, ARGV[10], ARGV[11]) end
if A and not S.offer then
  transfer_to(S, A, is_warm)
elseif A then
  S.transfer = { A.id, S.agent, ARGV[9] ~= '' and ARGV[9], is_warm }
  S.transfer_due = now + S.offer
  call('ZADD', P .. 'h:' .. A.id, int(S.arrival), S.id)
  call('ZADD', P .. 'dl', int(S.transfer_due), 't:' .. S.id)
  A.held = A.held + 1
  refresh(A)
  changed(S, 'transfer_asked', 'tr', pack(S.transfer))
else
  local giver = load_agent(S.agent)
  exclude(S, giver.id, 10000)
  leave_targets(S)
  call('ZREM', P .. 'dl', 's:' .. S.id)
  call('HINCRBY', SITE, 'u:' .. group, '1')
  local fixed = unpack(S.fixed)
  fixed[3], fixed[11] = group, { group, -1, false }
  S.group, S.openings, S.opened, S.asks, S.fixed = group, fixed[11], 1, nil, pack(fixed)
  call('HSET', S.key, 'i', S.fixed, 'n', '1')
  call('HDEL', S.key, 'm') -- it tells of the steps it had
  give_back({ S }, 'sent_to_group')
  match_agent(giver)
end
return answer(record(S))
