-- uses: common customer
-- Changes what is known of a customer.
-- ARGV[3] how many attributes he may have  [4] ... one change as in `change_customer`
-- Returns {ok, record as in customer.lua} or {refused, too_many}.
-- Atomic: one script. O(attributes).
local sets, added = tonumber(ARGV[6]), 0
local key = P .. 'u:' .. ARGV[4]
local known = call('HLEN', key) - call('HEXISTS', key, 'd') - call('HEXISTS', key, 'l')
  - call('HEXISTS', key, 'r')
if known + sets > tonumber(ARGV[3]) then
  for k = 8, 7 + 2 * sets, 2 do
    if call('HEXISTS', key, ARGV[k]) == 0 then added = added + 1 end
  end
  if known + added > tonumber(ARGV[3]) then return refused('too_many') end
end
change_customer(4)
return answer(customer_record(ARGV[4]))
