-- uses: common
-- An agent sets his status, or a supervisor for him. Going offline gives his offers back and
-- declines what he is asked to take over; coming online matches at once, all he may hold or little
-- by little.
-- ARGV[3] agent  [4] online, busy, away or offline  [5] why; may be empty
--      [6] the supervisor who sets it; empty: he himself
--      [7] with online: sessions more than he holds now, at first; empty: all of his capacity
--      [8] one more each so many ms
-- Returns {ok, agent}, {refused, unknown_agent} or {fenced}. Atomic: one script.
-- O(groups + capacity) times log n.
if is_fenced() then return FENCED end
local A = load_agent(ARGV[3])
if not A then return refused('unknown_agent') end
note_status(A, ARGV[4], ARGV[5], ARGV[6] ~= '' and ARGV[6])
local limit = ARGV[7] ~= '' and A.status == 'online' and A.held + tonumber(ARGV[7])
if limit and limit < A.capacity then
  A.ramp = limit
  call('HSET', A.key, 'rl', int(limit), 'rv', ARGV[8])
  call('ZADD', P .. 'dl', int(now + tonumber(ARGV[8])), 'r:' .. A.id)
elseif A.ramp then
  end_ramp(A)
end
refresh(A)
if A.status == 'offline' then
  for _, S in ipairs(asked_of(A)) do end_transfer(S, 'transfer_declined') end
  give_back(held_in(A, 'o'), 'released')
end
match_agent(A)
return answer(agent_record(A))
