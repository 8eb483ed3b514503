-- The whole state of a site in Redis as the text that MemoryStore's `dump` makes of its own; tests
-- compare the two. Looks at every key: for small sites only.
-- KEYS[1] "{site}:site"
local call, unpack, format = redis.call, cmsgpack.unpack, string.format
local SITE = KEYS[1]
local P = string.sub(SITE, 1, -5)
local lines = {}

local function add(...) lines[#lines + 1] = table.concat({ ... }) end
local function int(value) return value and format('%d', value) or '-' end
local function text(value) return value and tostring(value) or '-' end
local function truth(value) return value and 'true' or 'false' end
local function list(values) return #values == 0 and '-' or table.concat(values, ',') end
local function pairs_of(key)
  local map, flat = {}, call('HGETALL', key)
  for k = 1, #flat, 2 do map[flat[k]] = flat[k + 1] end
  return map
end
local function names(kind)
  local found = call('KEYS', P .. kind .. ':*')
  for k, name in ipairs(found) do found[k] = string.sub(name, #P + #kind + 2) end
  return found
end
local function scores(key)
  local found, flat = {}, call('ZRANGE', key, 0, -1, 'WITHSCORES')
  for k = 1, #flat, 2 do found[#found + 1] = { flat[k], tonumber(flat[k + 1]) } end
  return found
end

local STATES = { b = 'bot', q = 'queued', o = 'offered', a = 'active', w = 'wrapup', c = 'closed' }
local ROLES = { c = 'customer', a = 'agent', s = 'supervisor', m = 'admin', b = 'bot' }
local FILE_STATES = { o = 'offered', k = 'kept', s = 'sent' }
local DEADLINES = { a = 'agent', b = 'bot', c = 'customer', g = 'gone', i = 'idle', j = 'join',
  l = 'limit', o = 'offer', p = 'pause', r = 'ramp', s = 'step', t = 'transfer', w = 'wrap' }

-- Signatures by name: the text of what they ask for.
local signatures = {}
for _, group in ipairs(names('sg')) do
  for name, requirement in pairs(pairs_of(P .. 'sg:' .. group)) do
    signatures[name] = group .. '~{'
      .. string.gsub(string.gsub(requirement, '\t', ','), '\n', ';') .. '}'
  end
end
-- One that is forgotten is known by its group alone.
local function target_text(name)
  return signatures[name] or string.gsub(name, '~%x+$', '~?') .. ''
end

local function dump_targets()
  local seen, idle = {}, {}
  for _, one in ipairs(scores(P .. 'si')) do idle[one[1]] = one[2] end
  for name, described in pairs(signatures) do
    add('signature ', described, ' idle-since=', int(idle[name]))
  end
  for _, kind in ipairs({ 'o', 'f' }) do
    for _, name in ipairs(names(kind)) do
      if not seen[name] then
        seen[name] = true
        local online = call('SMEMBERS', P .. 'o:' .. name)
        table.sort(online)
        add('target ', target_text(name), ' online=', list(online), ' available=',
          list(call('ZRANGE', P .. 'f:' .. name, 0, -1)))
      end
    end
  end
  for _, name in ipairs(call('SMEMBERS', P .. 'em')) do add('unskipped ', target_text(name)) end
end

local function dump_site(site)
  add('clock pauses=', int(site.po or 0), ' last-sweep=', int(site.ls))
  add('count incarnation=', int(site.ni or 0), ' arrival=', int(site.na or 0), ' assignment=',
    int(site.rr or 0), ' selection=', site.sel or 'least-loaded')
  local graces = pairs_of(P .. 'lg')
  for _, kind in ipairs({ 'leases', 'ended' }) do
    for _, lease in ipairs(scores(P .. kind)) do
      add('lease ', lease[1], ' deadline=', int(lease[2]), ' held=', truth(kind == 'leases'),
        ' graces=', (string.gsub(graces[lease[1]], ',', '/')))
    end
  end
  for person, nodes in pairs(pairs_of(P .. 'p')) do
    local sorted = {}
    for node in string.gmatch(nodes, '%d+') do sorted[#sorted + 1] = tonumber(node) end
    table.sort(sorted)
    add('presence ', DEADLINES[string.sub(person, 1, 1)], string.sub(person, 2), ' nodes=',
      list(sorted))
  end
  for _, due in ipairs(scores(P .. 'dl')) do
    add('deadline ', DEADLINES[string.sub(due[1], 1, 1)], string.sub(due[1], 2), ' at=',
      int(due[2]))
  end
  for key, session in pairs(pairs_of(P .. 'sk')) do add('start ', key, ' session=', session) end
  for _, one in ipairs(scores(P .. 'cl')) do add('closed ', one[1], ' at=', int(one[2])) end
  local files = pairs_of(P .. 'files')
  for field, packed in pairs(files) do
    local number = string.match(field, '^m:(%d+)$')
    if number then
      local note = unpack(packed)
      add('file ', number, ' digest=', note[1], ' source=', note[3], ' author=', note[4], ' at=',
        int(note[2]), ' previous=', int(note[5]), ' bytes=', int(#files['v:' .. number]))
    end
  end
  if files.version then
    add('site version=', files.version, ' last=', files.last, ' applied=', text(files.applied),
      ' started=', text(files.started))
  end
  for group, hours in pairs(pairs_of(P .. 'hr')) do
    local changes = string.gsub(string.sub(hours, 3), ' ', ',')
    add('hours ', group, ' open=', truth(string.sub(hours, 1, 1) == '1'), ' changes=',
      changes == '' and '-' or changes)
  end
  if site.sh then add('shut ', string.sub(site.sh, 2, -2)) end
  if site.gs then
    local groups = {}
    for group in string.gmatch(site.gs, '[^,]+') do groups[#groups + 1] = group end
    table.sort(groups)
    add('groups ', list(groups))
  end
end

local function dump_agent(id)
  local a, groups = pairs_of(P .. 'a:' .. id), {}
  for group in string.gmatch(a.g, '[^,]+') do groups[#groups + 1] = group end
  table.sort(groups)
  local held = call('ZRANGE', P .. 'h:' .. id, 0, -1)
  table.sort(held)
  local qualities = {}
  for level, quality in string.gmatch(a.pr or '', '(%d+)\t([^\n]+)') do
    qualities[#qualities + 1] = quality .. ':' .. level
  end
  table.sort(qualities)
  add('agent ', id, ' status=', a.st, ' reachability=', a.re, ' capacity=', a.cap, ' groups=',
    list(groups), ' held=', list(held), ' beside=', list(call('ZRANGE', P .. 'js:' .. id, 0, -1)),
    ' free-since=', int(a.fs), ' last-assignment=', int(a.la),
    ' qualities=', list(qualities), ' search=', a.cu and string.match(a.cu, ' ............(.*)') or '-',
    ' reason=', a.rs or '', ' since=', int(a.si), ' by=', text(a.by), ' ramp=', text(a.rl),
    ' label=', a.lb or '{"id":"' .. id .. '","name":"' .. id .. '"}')
end

-- What append.lua reads must say what the other fields say, or the line tells.
local function epoch_of(id, s)
  local function writer(letter, name) return letter .. string.char(#name) .. name .. '\0' end
  local epoch, writers, expected = string.match(s.h, '^%Z* (%d+)%z(.*)$')
  expected = ''
  if s.st ~= 'c' and s.st ~= 'w' then
    expected = writer('c', s.c) .. (s.rf == '1' and writer('b', s.rb) or '')
      .. (s.st == 'a' and writer('a', s.a) or '')
    for _, O in ipairs(s.ot and unpack(s.ot) or {}) do
      if O[2] == 'j' then expected = expected .. writer('a', O[1]) end
    end
  end
  if writers ~= expected then add('session ', id, ' has a wrong head') end
  return epoch
end

local function dump_session(id)
  local s = pairs_of(P .. 's:' .. id)
  local i, openings, excluded, forks = unpack(s.i), {}, {}, {}
  for k = 1, #i[11], 3 do
    local duration = i[11][k + 1] < 0 and '-' or int(i[11][k + 1])
    openings[#openings + 1] = target_text(i[11][k]) .. ':' .. duration .. ':' .. truth(i[11][k + 2])
  end
  for agent, instant in pairs(s.x and unpack(s.x) or {}) do
    excluded[#excluded + 1] = agent .. ':' .. int(instant)
  end
  table.sort(excluded)
  local asked, requests, others = s.tr and unpack(s.tr) or {}, 0, {}
  for field in pairs(s) do
    if string.sub(field, 1, 1) == 'T' then requests = requests + 1 end
  end
  for _, O in ipairs(s.ot and unpack(s.ot) or {}) do
    others[#others + 1] = O[1] .. ':' .. (O[2] == 'j' and 'joined' or 'invited') .. ':'
      .. text(O[3]) .. ':' .. text(O[4])
  end
  local silence = s.is and unpack(s.is)
  local flat = s.fk and unpack(s.fk) or {}
  for k = 1, #flat, 2 do forks[#forks + 1] = int(flat[k]) .. ':' .. int(flat[k + 1]) end
  add('session ', id, ' customer=', s.c, ' state=', STATES[s.st], ' version=', s.v, ' epoch=',
    epoch_of(id, s), ' last-seq=', s.q, ' last-note=', s.nq or '0', ' requests=', int(requests),
    ' asked=', text(asked[1]), ' asked-by=', text(asked[2]), ' words=', text(asked[3]),
    ' warm=', truth(asked[4] == true), ' others=', list(others), ' level=', int(i[1]),
    ' source=', i[2], ' group=', i[3], ' arrival=', int(i[4]), ' ticket=', truth(s.t == '1'), ' arrived-at=', int(i[5]), ' head-start=',
    string.match(i[9], ':(.*)'), ' agent=', text(s.a), ' connected=', truth(s.cc == '1'), ' topic=',
    text(i[6]), ' channel=', text(i[7]), ' reason=', text(s.cr), ' opened=', s.n, ' openings=',
    list(openings), ' offer=', i[10] and int(i[10]) or '-', ' excluded=', list(excluded),
    ' limit=', text(s.wl), ' choice=', truth(s.wc == '1'), ' waited=', truth(s.hw == '1'), ' from=', text(s.lm), ' became=',
    text(s.lb), ' forks=', list(forks), ' served=', text(s.sa), ' closed-at=', text(s.ca),
    ' rated=', s.rn or '0', ' rating=', text(s.rt), ' profile=', i[8], ' explanation=', s.e,
    ' bot=', text(s.rb), ' helps=', truth(s.rf == '1'),
      ' may-hand-over=', truth(s.hm == '1' or s.hm == '2'), ' closed-too=', truth(s.hm == '2'),
    ' handover=', s.ho or '', ' ended-at=', text(s.te), ' score=', text(s.rs), ' idle=', (string.gsub(s.il or '- -', ' ', '/')), ' silence=',
    silence and int(silence[1]) .. ':' .. int(silence[2]) .. ':' .. int(silence[3]) .. ':'
      .. truth(silence[4]) or '-', ' wrap=', text(s.wu), ' extended=', s.we or '0', ' tags=',
    (string.gsub(s.tg or '', '\n', ',')), ' about=', s.dt or '', ' result=', s.dr or '',
    ' note=', s.dn or '')
  for _, entry in ipairs(call('XRANGE', P .. 't:' .. id, '-', '+')) do
    local seq, at = string.match(entry[1], '(%d+)-(%d+)')
    local message = entry[2][2]
    local sender_end = 2 + string.byte(message, 2)
    local key_end = sender_end + 1 + string.byte(message, sender_end + 1)
    add('stream ', id, ' seq=', format('%08d', seq), ' at=', at, ' sender=',
      ROLES[string.sub(message, 1, 1)], ':', string.sub(message, 3, sender_end), ' key=',
      string.sub(message, sender_end + 2, key_end), ' body=', string.sub(message, key_end + 1))
  end
end

local function dump_past(customer)
  for _, one in ipairs(scores(P .. 'cs:' .. customer)) do
    add('past ', customer, ' ', one[1], ' at=', int(one[2]))
  end
end

local function dump_files(session)
  for field, packed in pairs(pairs_of(P .. 'fs:' .. session)) do
    if string.sub(field, 1, 1) ~= '=' then
      local f = unpack(packed)
      local waits = call('ZSCORE', P .. 'fo', field .. ' ' .. session)
      if call('HGET', P .. 'fs:' .. session, '=' .. f[1] .. ' ' .. f[2]) ~= field then
        add('shared ', field, ' has no key')
      end
      add('shared ', field, ' session=', session, ' key=', f[2], ' owner=',
        ROLES[string.sub(f[1], 1, 1)], string.sub(f[1], 2), ' state=', FILE_STATES[f[5]], ' type=',
        f[6], ' bytes=', int(f[4]), ' waits=', waits and int(waits) or '-', ' name=', f[3])
    end
  end
end

local function dump_notes(id)
  for _, entry in ipairs(call('XRANGE', P .. 'ns:' .. id, '-', '+')) do
    local number, at = string.match(entry[1], '(%d+)-(%d+)')
    local message = entry[2][2]
    local sender_end = 2 + string.byte(message, 2)
    local key_end = sender_end + 1 + string.byte(message, sender_end + 1)
    add('note ', id, ' number=', format('%08d', number), ' at=', at, ' after=', entry[2][4],
      ' sender=', ROLES[string.sub(message, 1, 1)], ':', string.sub(message, 3, sender_end),
      ' key=', string.sub(message, sender_end + 2, key_end), ' body=',
      string.sub(message, key_end + 1))
  end
end

local function dump_left(id)
  local l = pairs_of(P .. 'l:' .. id)
  local i, lists = unpack(l.i), { 'll:', 'lt:' }
  local member, waits = format('%012d', i[4]) .. id, l.st == 'w'
  -- The lists say the same, or the line tells.
  local scores_then = { ['ll:'] = i[5] - i[8], ['lt:'] = i[5] }
  for _, kind in ipairs(lists) do
    local score = call('ZSCORE', P .. kind .. i[3], member)
    if waits ~= (score and true or false) or (score and tonumber(score) ~= scores_then[kind]) then
      add('left ', id, ' is wrong in ', kind)
    end
  end
  if waits ~= (call('SISMEMBER', P .. 'lw:' .. l.c, id) == 1) then add('left ', id, ' lw') end
  if l.k and call('HGET', P .. 'lk:' .. l.c, l.k) ~= id then add('left ', id, ' lk') end
  add('left ', id, ' customer=', l.c, ' key=', text(l.k), ' level=', int(i[1]), ' source=', i[2],
    ' group=', i[3], ' head-start=', int(i[8]), ' number=', int(i[4]), ' at=', int(i[5]),
    ' topic=', text(i[6]), ' agent=', text(l.a), ' session=', text(l.s), ' waits=', truth(waits),
    ' taken-at=', int(call('ZSCORE', P .. 'lx', id)),
    ' profile=', i[7], ' explanation=', l.e)
  for k, message in ipairs(unpack(l.b)) do
    local sender_end = 2 + string.byte(message, 2)
    local key_end = sender_end + 1 + string.byte(message, sender_end + 1)
    add('left-text ', id, ' ', int(k), ' sender=', ROLES[string.sub(message, 1, 1)], ':',
      string.sub(message, 3, sender_end), ' key=', string.sub(message, sender_end + 2, key_end),
      ' body=', string.sub(message, key_end + 1))
  end
end

local function dump_queues()
  local queues, ordered = {}, {}
  for _, name in ipairs(names('tq')) do
    queues[target_text(name)], ordered[target_text(name)] = {}, P .. 'tq:' .. name
  end
  for _, name in ipairs(names('q')) do
    local group, _, head_start = string.match(name, '^([^:]+):(%d+):(.*)$')
    local key = P .. 'tq:' .. group
    group = target_text(group)
    ordered[group] = key
    queues[group] = queues[group] or {}
    for _, one in ipairs(scores(P .. 'q:' .. name)) do
      table.insert(queues[group], { one[2] - tonumber(head_start), one[1] })
    end
  end
  for group, waiting in pairs(queues) do
    table.sort(waiting, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
    -- The queue in true order says the same as its levels, or the line tells.
    for k, one in ipairs(scores(ordered[group])) do
      if not waiting[k] or one[1] ~= waiting[k][2] or one[2] ~= waiting[k][1]
        or call('ZCARD', ordered[group]) ~= #waiting then
        add('queue ', group, ' is not in true order')
      end
    end
    for k, one in ipairs(waiting) do waiting[k] = string.sub(one[2], 13) end
    add('queue ', group, ' sessions=', list(waiting))
  end
end

local function dump_classes(site)
  local classes, homes = {}, {}
  for _, name in ipairs(names('k')) do classes[name] = true end
  for field in pairs(site) do
    if string.sub(field, 1, 2) == 'v:' then classes[string.sub(field, 3)] = true end
    if string.sub(field, 1, 2) == 'f:' then homes[string.sub(field, 3)] = true end
  end
  for class in pairs(classes) do
    homes[string.match(class, '^[^:]+')] = true
    add('class ', (string.gsub(class, ':', '/')), ' version=', site['v:' .. class] or '0',
      ' tickets=', list(call('ZRANGE', P .. 'k:' .. class, 0, -1)))
  end
  for home in pairs(homes) do
    local flow, arrivals = {}, {}
    for k = 1, 26 do
      local kept = site['w:' .. home]
      flow[k] = kept and (struct.unpack('<d', kept, 8 * k - 7)) or 0
      if k > 4 then arrivals[#arrivals + 1] = int(flow[k]) end
    end
    add('home ', home, ' full=', truth(site['f:' .. home] ~= nil), ' last=', int(flow[1] or 0),
      ' work=', int(flow[2] or 0), ' waited=', int(flow[3] or 0), ' left=', int(flow[4] or 0),
      ' arrivals=', list(arrivals))
  end
end

local function dump_members()
  for _, group in ipairs(names('g')) do
    local list_of = {}
    for _, one in ipairs(scores(P .. 'g:' .. group)) do
      list_of[#list_of + 1] = one[1] .. ':' .. int(one[2])
    end
    add('members ', group, ' are=', list(list_of))
  end
end

local function dump_board()
  for letter, state in pairs(STATES) do
    if letter ~= 'c' then
      add('listed ', state, ' sessions=', list(call('ZRANGE', P .. 'op:' .. letter, 0, -1)))
    end
  end
  for place, packed in pairs(pairs_of(P .. 'mn')) do
    local m = { struct.unpack('<ddddd', packed) }
    for what = 3, 4 do
      local waits, kept = {}, call('HGET', P .. 'mw', place .. ':' .. what)
      if kept and tonumber(string.sub(kept, 1, 10)) == m[1] then
        for k = 11, #kept, 10 do waits[#waits + 1] = int(tonumber(string.sub(kept, k, k + 9))) end
      end
      m[what + 3] = waits
    end
    add('minute ', place, ' number=', int(m[1]), ' started=', int(m[2]), ' assigned=', int(m[3]),
      ' abandoned=', int(m[4]), ' closed=', int(m[5]), ' waits=', list(m[6]),
      ' abandoned-waits=', list(m[7]))
  end
end

local function dump_customer(id)
  local fields, attributes, ratings = pairs_of(P .. 'u:' .. id), {}, {}
  for field, value in pairs(fields) do
    if string.sub(field, 1, 1) == '=' then
      attributes[#attributes + 1] = string.sub(field, 2) .. '=' .. value
    end
  end
  table.sort(attributes)
  local flat = fields.r and unpack(fields.r) or {}
  for k = 1, #flat, 3 do
    ratings[#ratings + 1] = flat[k] .. ':' .. int(flat[k + 1]) .. ':' .. int(flat[k + 2])
  end
  table.sort(ratings)
  add('customer ', id, ' dedicated=', text(fields.d), ' last=', text(fields.l), ' ratings=',
    list(ratings), ' attributes=', list(attributes))
  local listed = call('ZSCORE', P .. 'us', id) and true or false
  if listed ~= (#attributes > 0 or fields.d ~= nil) then add('customer ', id, ' is listed wrongly') end
end

local site = pairs_of(SITE)
dump_members()
dump_board()
dump_site(site)
for _, id in ipairs(names('u')) do dump_customer(id) end
for _, id in ipairs(names('cr')) do
  for shortcut, body in pairs(pairs_of(P .. 'cr:' .. id)) do
    add('canned ', id, ' ', shortcut, ' body=', body)
  end
end
for _, id in ipairs(call('SMEMBERS', P .. 'agents')) do dump_agent(id) end
for id, capacity in pairs(pairs_of(P .. 'rc')) do
  local held = call('ZRANGE', P .. 'hb:' .. id, 0, -1)
  table.sort(held)
  add('bot ', id, ' capacity=', capacity, ' held=', list(held))
end
for _, id in ipairs(names('s')) do dump_session(id) end
for _, id in ipairs(names('cs')) do dump_past(id) end
for _, id in ipairs(names('ns')) do dump_notes(id) end
dump_targets()
for customer, id in pairs(pairs_of(P .. 'un')) do add('unseen ', customer, ' session=', id) end
for _, id in ipairs(names('l')) do dump_left(id) end
for _, id in ipairs(names('fs')) do dump_files(id) end
for _, id in ipairs(call('ZRANGE', P .. 'fd', 0, -1)) do add('lost ', id) end
add('files bytes=', site.fb or '0')
dump_queues()
dump_classes(site)
table.sort(lines)
return table.concat(lines, '\n') .. '\n'
