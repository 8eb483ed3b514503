-- uses: common customer
-- A page of the customers with an attribute or a dedicated agent, by identifier.
-- ARGV[3] after this one, empty: from the first  [4] at most so many
-- Returns {ok, {record as in customer.lua, ...}}.
-- Atomic: one script. O(log customers + attributes of the page).
local from = ARGV[3] == '' and '-' or '(' .. ARGV[3]
local page = {}
for _, id in ipairs(call('ZRANGEBYLEX', P .. 'us', from, '+', 'LIMIT', 0, ARGV[4])) do
  page[#page + 1] = customer_record(id)
end
return answer(page)
