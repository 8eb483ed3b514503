-- People take hold of sessions themselves: agents pick, supervisors assign. Needs lib_base,
-- lib_session, lib_line, lib_queue and lib_end.

-- What forbids it whoever takes it: the name of the refusal, or nil.
local function refusal_of(S, A)
  if not S then return 'not_found' end
  if S.state == 'c' then return 'session_closed' end
  if not A then return 'unknown_agent' end
end

-- One he owns stays as it is, one he is offered he accepts. Returns whether it was one of those.
local function take_own(S, A)
  if S.agent ~= A.id or (S.state ~= 'o' and S.state ~= 'a') then return false end
  if S.state == 'o' then
    call('ZREM', P .. 'dl', 'o:' .. S.id)
    S.state = 'a'
    void_choice(S)
    free_bot(S)
    changed(S, 'accepted', 'st', 'a')
  end
  return true
end

-- Away and busy are no obstacle: a person decided.
local function is_here(A)
  return A.reach == 'connected' and A.status ~= 'offline'
end

local function is_waiting(S)
  return S.state == 'q' and S.connected
end

-- Whether one of his groups is the session's home or among its targets in force.
local function is_in_its_groups(S, A)
  for _, group in ipairs(A.groups) do
    if group == S.group then return true end
    for k = 1, S.opened do
      if group_of(S.openings[3 * k - 2]) == group then return true end
    end
  end
  return false
end

-- He owns it at once. Whoever had it, or was asked, has a free slot afterwards. Who talked with
-- another is told by a line. Its former owner's invitations end: he answers for it no longer.
local function hand_over(S, A, change)
  local asked = drop_transfer(S)
  drop_invited(S)
  local former = S.state ~= 'q' and take_from_agent(S)
  if S.state == 'a' then say(S, 'transferred', A.id) end
  assign(S, A, change)
  if former then match_agent(former) end
  if asked then match_agent(asked) end
end

-- He owns it instead of its owner, who stays in it when the transfer is a warm one.
local function transfer_to(S, A, is_warm)
  if is_warm then add_other(S, S.agent, 'j') end
  hand_over(S, A, 'transferred')
end

-- He who is asked takes it: the step ends like every other that gives a session to somebody.
local function complete_transfer(S)
  local is_warm = S.transfer[4]
  transfer_to(S, drop_transfer(S, true), is_warm)
end

-- A request of its owner or a supervisor, kept in `field` with what makes it the same. Returns the
-- step's answer when it is known or may not be; nil: it is to be carried out.
local function answer_known(S, by, field, body)
  if not S then return refused('not_found') end
  local known = call('HGET', S.key, field)
  if known and known ~= body then return refused('key_conflict') end
  if known then return answer(record(S)) end
  if sub(by, 1, 1) ~= 's' and S.agent ~= sub(by, 2) then return refused('not_participant') end
  if S.state == 'c' then return refused('session_closed') end
  if S.state ~= 'a' then return refused('not_active') end
end
