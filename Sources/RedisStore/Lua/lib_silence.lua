-- Customers who say nothing while it is for them to answer. Needs lib_base, lib_session, lib_line
-- and lib_end.
--
-- Nothing is counted while people write. An active session is looked at when its customer could
-- have been silent for long enough at the earliest; only then its last word is read.
local LINES = 16

-- The last word in the session: its number, Redis's time when it was said, and whether it is for
-- the customer to answer, because his agent said it. The hub's own lines are nobody's.
local function last_word(S)
  for _, entry in ipairs(call('XREVRANGE', P .. 't:' .. S.id, '+', '-', 'COUNT', LINES)) do
    local role, dash = sub(entry[2][2], 1, 1), find(entry[1], '-', 1, true)
    if role ~= 'm' then
      return tonumber(sub(entry[1], 1, dash - 1)), tonumber(sub(entry[1], dash + 1)),
        role == 'a' or role == 's'
    end
  end
  return 0, 0, false
end

-- Since when he has been silent, by the site's clock, which stood during pauses: when there was one
-- since the last look, from now on.
local function silent_since(S, word, at)
  local kept = unpack(call('HGET', S.key, 'is'))
  if kept[1] == word then return kept[2], kept[4] end
  return kept[3] == pauses and math.max(kept[2], at - pauses) or now, false
end

-- Reminds a silent customer once, then closes. O(1), and what closing costs.
local function look_for_silence(id)
  local S = load_session(id)
  if S.state ~= 'a' then return end
  local remind, close = idle_limits(S)
  local word, at, is_his_turn = last_word(S)
  local next_look = now + (remind or close)
  if not is_his_turn then return keep_silence(S, 0, now, false, next_look) end
  local since, reminded = silent_since(S, word, at)
  if close and now >= since + close then return close_session(S, 'idle') end
  if remind and not reminded and now >= since + remind then
    say(S, 'idle_reminder')
    reminded = true
  end
  if remind and not reminded then
    next_look = since + remind
  elseif close then
    next_look = since + close
  end
  keep_silence(S, word, since, reminded, next_look)
end
