-- uses: common
-- Everybody who was ever there as an agent: who is present first, then by identifier.
-- ARGV[3] agents to name at most
-- Returns {ok, {agent as lib_queue's agent_record packs him...}} or {fenced}. Atomic: one script,
-- changes nothing. O(agents of the site): two look-ups each, for a person who asks now and then.
if is_fenced() then return FENCED end
local all, shown = {}, {}
for _, id in ipairs(call('SMEMBERS', P .. 'agents')) do
  local A = load_agent(id)
  all[#all + 1] = { A = A, absent = (A.status == 'online' and A.reach == 'connected') and 0 or 1 }
end
table.sort(all, function(a, b)
  return a.absent < b.absent or (a.absent == b.absent and a.A.id < b.A.id)
end)
for k = 1, math.min(tonumber(ARGV[3]), #all) do shown[k] = agent_record(all[k].A) end
return answer(shown)
