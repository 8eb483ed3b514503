-- uses: common
-- Typing and read marks, to the session's watchers; nothing is kept.
-- ARGV[3] session  [4] payload, made by the node
-- Returns {ok} or {fenced}. Atomic: one script. O(watching nodes).
if is_fenced() then return FENCED end
call('PUBLISH', P .. 'm:' .. ARGV[3], ARGV[4])
return answer()
