-- uses: common
-- The canned replies an agent keeps for himself.
-- ARGV[3] agent
-- Hash `cr:<agent>`: shortcut -> title and text as the hub writes them; at least one.
-- Returns {ok, {shortcut, body, ...}} in no order.
-- Atomic: one script. O(replies).
return answer(call('HGETALL', P .. 'cr:' .. ARGV[3]))
