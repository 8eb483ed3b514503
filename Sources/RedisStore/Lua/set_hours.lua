-- uses: common hours
-- When the groups that have hours open and close; others have none from now on. Hours by another
-- version of the site than the one in force are not taken.
-- ARGV[3] version of the site  then two for each group: [4] group  [5] as in lib_hours
-- Returns {ok} or {fenced}. Atomic: one script.
-- O(groups with hours + agents of those that changed).
if is_fenced() then return FENCED end
local in_force = call('HGET', P .. 'files', 'version')
if in_force and in_force ~= ARGV[3] then return answer() end
call('DEL', P .. 'hr')
for k = 4, #ARGV, 2 do call('HSET', P .. 'hr', ARGV[k], ARGV[k + 1]) end
apply_hours()
return answer()
