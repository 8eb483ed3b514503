-- What is left of a deleted message. Needs lib_base.
--
-- It lies in the stream in the message's place: role letter and sender as they were, no key, and a
-- body of `from` alone with this kind. No other message ends so: what people write is escaped.
local MARK = '"kind":"deleted"'

local function is_mark(message)
  return sub(message, -#MARK) == MARK
end

local function mark_of(message)
  local sender_end = 2 + string.byte(message, 2)
  local body = sub(message, sender_end + 2 + string.byte(message, sender_end + 1))
  local kind = find(body, '},"kind":"', 1, true)
  return sub(message, 1, sender_end) .. '\0' .. (kind and sub(body, 1, kind) .. ',' or '') .. MARK
end
