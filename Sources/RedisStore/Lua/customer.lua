-- uses: common customer
-- What is known of a customer: everything, or of one who has more than [4] attributes those that
-- are named.
-- ARGV[3] customer  [4] absent: everything  [5...] `=<name>` of each attribute
-- Returns {ok, {customer, dedicated agent or false, last agent or false, {agent, score,
-- milliseconds since 1970, ...}, {name, value, ...}}}; empty when nothing is known.
-- Atomic: one script. O(attributes read).
if ARGV[4] and attribute_count(ARGV[3]) > tonumber(ARGV[4]) then
  return answer(chosen_record(ARGV[3], 5))
end
return answer(customer_record(ARGV[3]))
