-- uses: base session flow bot queue targets left end
-- An agent sets his status. Going offline gives his offers back; coming online matches at once.
-- ARGV[3] agent  [4] online, busy, away or offline
-- Returns {ok, agent}, {refused, unknown_agent} or {fenced}. Atomic: one script.
-- O(groups + capacity) times log n.
if is_fenced() then return FENCED end
local A = load_agent(ARGV[3])
if not A then return refused('unknown_agent') end
if A.status ~= ARGV[4] then
  A.status = ARGV[4]
  call('HSET', A.key, 'st', A.status)
  refresh(A)
end
if A.status == 'offline' then give_back(held_in(A, 'o'), 'released') end
match_agent(A)
return answer(agent_record(A))
