-- uses: common mark message
-- Why a session is where it is.
-- ARGV[3] session
-- Returns {ok, session, routing's explanation, head start in ms, offer in ms or false, openings in
-- force, {target (with `~` and the requirement), ms or -1, skips, ...}, {"<change> <agent>
-- <Redis's time>"...}, match or false,
-- false or {{agent passed over...}, report, ahead, ms until the next step or false}},
-- {refused, not_found} or {fenced};
-- match as `assign` packs it, report as of `report_of`. Atomic: one script, changes nothing.
-- O(log n), and at most 16 agents and 8 targets looked at.
if is_fenced() then return FENCED end
local S = load_session(ARGV[3])
if not S then return refused('not_found') end
local fields = { 'e', 'm', 'rq' }
local last = S.version - S.writes
for number = math.max(2, last - EVENTS + 1), last do fields[#fields + 1] = 'j' .. int(number) end
local found, events = call('HMGET', S.key, spread(fields)), {}
for k = 4, #fields do events[k - 3] = found[k] end
local requirements, openings = found[3] and unpack(found[3]) or {}, {}
for k, value in ipairs(S.openings) do
  openings[k] = requirements[value] and group_of(value) .. '~' .. requirements[value] or value
end
local waiting = false
if S.state == 'q' then
  local due = tonumber(call('ZSCORE', P .. 'dl', 's:' .. S.id))
  waiting = { passed_over(S), report_of(S), ahead_of(S), due and math.max(0, due - now) or false }
end
return answer(record(S), found[1], head_start(S.bucket), S.offer or false, S.opened, openings,
  events, found[2], waiting)
