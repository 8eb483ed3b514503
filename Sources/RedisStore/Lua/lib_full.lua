-- Whether a queue takes more. Needs lib_base.
--
-- Field `f:<group>` of the site's hash: it is closed as full.

-- Closed at `full`, open again below `reopen`, as a step was given them; `full` empty: never. Live
-- tickets of all levels count.
local function is_full(group, full, reopen)
  if full == '' then
    call('HDEL', SITE, 'f:' .. group)
    return false
  end
  full = tonumber(full)
  reopen = tonumber(reopen) or full
  local waiting = 0
  for level = 0, 10 do waiting = waiting + call('ZCARD', P .. 'k:' .. group .. ':' .. level) end
  local was = call('HEXISTS', SITE, 'f:' .. group) == 1
  local is = waiting >= (was and math.min(reopen, full) or full)
  if is and not was then call('HSET', SITE, 'f:' .. group, 1) end
  if was and not is then call('HDEL', SITE, 'f:' .. group) end
  return is
end
