-- uses: base session flow bot queue
-- The agent takes the session he is offered.
-- ARGV[3] session  [4] agent
-- Returns {ok, session}; {refused, no_offer} when it is not his any more; {refused, not_found};
-- {fenced}. Atomic: one script. O(log n).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
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
