-- uses: base customer
-- What is known of a customer.
-- ARGV[3] customer
-- Returns {ok, {customer, dedicated agent or false, last agent or false, {agent, score,
-- milliseconds since 1970, ...}, {name, value, ...}}}; empty when nothing is known.
-- Atomic: one script. O(attributes).
return answer(customer_record(ARGV[3]))
