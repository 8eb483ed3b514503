-- uses: common people
-- The agents of the site are now these. Those never attached are not kept; those no longer listed
-- leave their groups and keep what they hold. Then everybody is matched.
-- A group that is not among [4] any more keeps its agents while an open session names it.
-- ARGV[3] selection  [4] the site's groups, comma-separated
--      then five for each agent: [5] agent  [6] capacity  [7] groups  [8] qualities
--      [9] how lines name him, as in lib_line
-- Returns {ok} or {fenced}. Atomic: one script. O(agents), about 5 us each: an administrator's
-- act, done once when a version of the site comes into force.
if is_fenced() then return FENCED end
local rescore = selection ~= ARGV[3]
selection = ARGV[3]
if rescore then call('HSET', SITE, 'sel', selection) end
site_groups = ARGV[4]
call('HSET', SITE, 'gs', site_groups)
call('DEL', P .. 'rt')
local listed = {}
for k = 5, #ARGV, 5 do listed[ARGV[k]] = k end
local known = call('SMEMBERS', P .. 'agents')
table.sort(known)
for _, id in ipairs(known) do
  local A, k = load_agent(id), listed[id]
  local differs = set_profile(A, k and ARGV[k + 1] or A.capacity, k and ARGV[k + 2] or '',
    k and ARGV[k + 3] or '', k and ARGV[k + 4] or '')
  if differs or rescore then refresh(A) end
end
for _, id in ipairs(known) do match_agent(load_agent(id)) end
return answer()
