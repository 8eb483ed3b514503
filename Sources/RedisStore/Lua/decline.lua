-- uses: common
-- The agent does not take the session he is offered: it goes back hidden, with its arrival.
-- ARGV[3] session  [4] agent  [5] milliseconds for which he is passed over
-- Returns {ok, session}, {refused, no_offer}, {refused, not_found} or {fenced}. Atomic: one script.
-- O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if S.transfer and S.transfer[1] == ARGV[4] then
  end_transfer(S, 'transfer_declined')
  return answer(record(S))
end
if S.state ~= 'o' or S.agent ~= ARGV[4] then return refused('no_offer') end
exclude(S, ARGV[4], tonumber(ARGV[5]))
give_back({ S }, 'declined')
match_agent(load_agent(ARGV[4]))
return answer(record(S))
