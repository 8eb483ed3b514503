-- uses: common
-- Asks whether the lease holds, for acts that change nothing here.
-- Returns {ok} or {fenced}. Atomic: one script. O(1).
if is_fenced() then return FENCED end
return answer()
