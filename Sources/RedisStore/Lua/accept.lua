-- uses: common line hands
-- The agent takes the session he is offered, or is asked to take over from another.
-- ARGV[3] session  [4] agent  [5] replication id
-- Returns {ok, session}; {refused, no_offer} when it is not his any more; {refused, not_found};
-- {fenced}. Atomic: one script. O(groups log n), looking at no more than 64 sessions a queue.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
if S.transfer and S.transfer[1] == ARGV[4] then
  complete_transfer(S)
  return answer(record(S))
end
if S.agent ~= ARGV[4] then return refused('no_offer') end
if S.state == 'o' then
  call('ZREM', P .. 'dl', 'o:' .. S.id)
  S.state = 'a'
  free_bot(S)
  void_choice(S)
  changed(S, 'accepted', 'st', 'a')
elseif S.state ~= 'a' then
  return refused('no_offer')
end
return answer(record(S))
