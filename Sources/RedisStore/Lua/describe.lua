-- uses: common
-- What is written down of a session, and the end of its wrap-up or more time for it.
-- ARGV[3] session  [4] its owner, or who joined it and gives nothing but tags; empty: a supervisor,
--      whosever it is
--      [5] `=` and what it was about, empty: as it is  [6] `=` and what came of it
--      [7] `=` and tags parted by line ends  [8] `=` and his words  [9] done, extend or empty
--      [10] an extension, ms  [11] extensions allowed  [12] ms after its end it may be written up
-- Returns {ok, session}, {refused, not_found | not_participant | session_closed | no_wrap |
-- too_many} or {fenced}. Atomic: one script. O(groups log n).
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
local is_owner = S.agent == ARGV[4] and find('awc', S.state, 1, true)
local gives_tags_only = ARGV[5] .. ARGV[6] .. ARGV[8] .. ARGV[9] == ''
if ARGV[4] ~= '' and not is_owner and not (has_joined(S, ARGV[4]) and gives_tags_only) then
  return refused('not_participant')
end
local known = call('HMGET', S.key, 'ca', 'we')
if known[1] and now - tonumber(known[1]) > tonumber(ARGV[12]) then
  return refused('session_closed')
end
local act, extended = ARGV[9], tonumber(known[2] or 0)
if act ~= '' and S.state ~= 'w' and not (act == 'done' and S.state == 'c') then
  return refused('no_wrap')
end
if act == 'extend' and extended >= tonumber(ARGV[11]) then return refused('too_many') end

local fields = {}
for k, name in ipairs({ 'about', 'result', 'tags', 'words' }) do
  local given = ARGV[4 + k]
  if given ~= '' and S[name] ~= sub(given, 2) then
    S[name] = sub(given, 2)
    fields[#fields + 1] = ({ 'dt', 'dr', 'tg', 'dn' })[k]
    fields[#fields + 1] = S[name]
  end
end
if #fields > 0 then changed(S, 'tagged', spread(fields)) end
if S.state == 'w' and act == 'done' then
  end_wrap(S)
elseif act == 'extend' then
  local due = tonumber(call('ZSCORE', P .. 'dl', 'w:' .. S.id))
  call('ZADD', P .. 'dl', int(due + tonumber(ARGV[10])), 'w:' .. S.id)
  changed(S, 'wrap_extended', 'we', int(extended + 1))
end
return answer(record(S))
