package redis

import goredis "github.com/redis/go-redis/v9"

// Scripts run in the server, each as one step. A script that fails keeps what it has written, so
// none may fail after it removed something: what a task moves to is written before it is removed,
// and only that write can be refused. What takes from the stream is written to let it pass when
// memory is full: the first write of such a script is a removal, of nothing where need be, after
// which the server takes the others.

// dueScript hands out what waits for a time and not for a place: retries that are due, and tasks
// whose lease ran out. It first adds tasks to the stream that were published for a time that has
// come. It returns the deliveries, each with its attempt, and the milliseconds until the next
// time, -1 for none.
//
// KEYS: stream, retry, attempts, later, sweep. ARGV: group, consumer, most deliveries, ack wait,
// interval between two sweeps.
var dueScript = goredis.NewScript(`
local stream, retry, attempts, later, sweep = unpack(KEYS)
local group, consumer, max, wait, interval = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
redis.call('HDEL', attempts, '') -- nothing: the removal that comes first

local function give(id, attempt)
  local entry = redis.call('XCLAIM', stream, group, consumer, 0, id, 'FORCE', 'RETRYCOUNT', attempt)[1]
  if entry then found[#found + 1] = {entry[1], entry[2], attempt} end
end

for _, packed in ipairs(redis.call('ZRANGEBYSCORE', later, '-inf', now, 'LIMIT', 0, 200)) do
  local fields = cmsgpack.unpack(packed)
  table.remove(fields, 1)
  redis.call('XADD', stream, '*', unpack(fields))
  redis.call('ZREM', later, packed)
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', retry, '-inf', now, 'LIMIT', 0, max)) do
  local before = tonumber(redis.call('HGET', attempts, id) or 0)
  redis.call('ZREM', retry, id)
  redis.call('HDEL', attempts, id)
  give(id, before + 1)
end

if #found < max and redis.call('SET', sweep, consumer, 'NX', 'PX', interval) then
  for _, pending in ipairs(redis.call('XPENDING', stream, group, 'IDLE', wait, '-', '+', max - #found)) do
    give(pending[1], pending[4] + 1)
  end
  if #found == max then redis.call('DEL', sweep) end
end

local next = -1
for _, key in ipairs({retry, later}) do
  local head = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
  if head then
    local left = math.max(0, math.ceil(head - now))
    if next < 0 or left < next then next = left end
  end
end
return {found, next}
`)

// ackScript removes tasks for good, and returns the places in ARGV, from 0 for the first task, of
// those that were removed before.
//
// KEYS: stream, retry, attempts. ARGV: group, numbers of the tasks.
var ackScript = goredis.NewScript(`
local stream, retry, attempts = unpack(KEYS)
if redis.call('XACK', stream, unpack(ARGV)) == #ARGV - 1 then
  redis.call('XDEL', stream, unpack(ARGV, 2))
  return {}
end
local settled = {}
for i = 2, #ARGV do
  if redis.call('XDEL', stream, ARGV[i]) == 0 then
    settled[#settled + 1] = i - 2
  else
    redis.call('ZREM', retry, ARGV[i])
    redis.call('HDEL', attempts, ARGV[i])
  end
end
return settled
`)

// holds is the beginning of scripts for one delivery: its holder is this consumer, in this attempt.
const holds = `
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not pending or pending[2] ~= ARGV[2] or pending[4] ~= tonumber(ARGV[4]) then return 0 end
`

// backScript takes a task back, to be delivered again after a delay; 0: it was not held.
//
// KEYS: stream, retry, attempts. ARGV: group, consumer, number, attempt, attempts that count,
// delay in milliseconds, -1 to come before those that failed.
var backScript = goredis.NewScript(holds + `
local due = 0
if tonumber(ARGV[6]) >= 0 then
  local time = redis.call('TIME')
  due = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[6]
end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], due, ARGV[3])
if tonumber(ARGV[5]) > 0 then redis.call('HSET', KEYS[3], ARGV[3], ARGV[5]) end
return 1
`)

// renewScript lets the ack wait run again; 0: the task was not held.
//
// KEYS: stream. ARGV: group, consumer, number, attempt.
var renewScript = goredis.NewScript(holds + `
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'JUSTID')
return 1
`)

// deadScript moves a task to the dead letters, or only removes it when there is no stream for
// them; 0: somebody has settled it.
//
// KEYS: stream, retry, attempts, and the dead letters if there are any. ARGV: group, number, 'bare'
// to keep no more than payload and id or 'whole', and the fields of the letter beside those of the
// task.
var deadScript = goredis.NewScript(`
local stream, retry, attempts, letters = unpack(KEYS)
local entry = redis.call('XRANGE', stream, ARGV[2], ARGV[2])[1]
if not entry then return 0 end
if letters then
  local fields = entry[2]
  if ARGV[3] == 'bare' then
    local kept = {}
    for i = 1, #fields, 2 do kept[fields[i]] = fields[i + 1] end
    fields = {}
    for _, name in ipairs({'payload', 'id'}) do
      if kept[name] then
        fields[#fields + 1] = name
        fields[#fields + 1] = kept[name]
      end
    end
  end
  for i = 4, #ARGV do fields[#fields + 1] = ARGV[i] end
  redis.call('HDEL', attempts, '') -- nothing: the removal that comes first
  redis.call('XADD', letters, '*', unpack(fields))
end
redis.call('XACK', stream, ARGV[1], ARGV[2])
redis.call('ZREM', retry, ARGV[2])
redis.call('HDEL', attempts, ARGV[2])
redis.call('XDEL', stream, ARGV[2])
return 1
`)

// countScript counts tasks: those not delivered yet, in flight, to be retried, published for later.
// The first is known in two ways, each of which can be too high: the group's lag counts what
// others removed, and the stream may hold what others acknowledged and left there.
//
// KEYS: stream, retry, later. ARGV: group.
var countScript = goredis.NewScript(`
local held, lag = 0, nil
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local group = {}
  for i = 1, #info, 2 do group[info[i]] = info[i + 1] end
  if group['name'] == ARGV[1] then held, lag = group['pending'], group['lag'] end
end
local retries = redis.call('ZCARD', KEYS[2])
local waiting = math.max(0, redis.call('XLEN', KEYS[1]) - held - retries)
if lag and lag < waiting then waiting = math.max(0, lag) end
return {waiting, held, retries, redis.call('ZCARD', KEYS[3])}
`)

// leaveScript removes a consumer that holds nothing.
//
// KEYS: stream. ARGV: group, consumer.
var leaveScript = goredis.NewScript(`
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
end
return 0
`)

// joinScript removes consumers of processes that were killed long ago and hold nothing any more,
// and returns the names of the stream's other groups.
//
// KEYS: stream. ARGV: group, milliseconds after which a consumer is forgotten.
var joinScript = goredis.NewScript(`
local others = {}
for _, info in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  if info[2] ~= ARGV[1] then others[#others + 1] = info[2] end
end
for _, info in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  if info[4] == 0 and info[6] > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], info[2])
  end
end
return others
`)

// publishScript adds a task to the stream, or to those for later. It returns 'known' for an id
// that was added lately, 'full' when the stream holds as many tasks as it may.
//
// KEYS: stream, later, the id's key. ARGV: window in milliseconds (0: none), most tasks (0: any
// number), due in milliseconds since 1970 (0: now), what makes it unlike others that are due at the
// same time, fields.
var publishScript = goredis.NewScript(`
local window, most, due = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if window > 0 and redis.call('EXISTS', KEYS[3]) == 1 then return 'known' end
if most > 0 and redis.call('XLEN', KEYS[1]) + redis.call('ZCARD', KEYS[2]) >= most then return 'full' end
local time = redis.call('TIME')
if due > time[1] * 1000 + time[2] / 1000 then
  redis.call('ZADD', KEYS[2], due, cmsgpack.pack({unpack(ARGV, 4)}))
else
  redis.call('XADD', KEYS[1], '*', unpack(ARGV, 5))
end
if window > 0 then redis.call('SET', KEYS[3], '', 'PX', window) end
return 'added'
`)

// listScript returns up to ARGV[4] letters of a stream and group that come after ARGV[3], each
// with the size of its payload in the place of the payload.
//
// KEYS: dead letters. ARGV: stream, group, after, limit.
var listScript = goredis.NewScript(`
local after, limit, letters = ARGV[3], tonumber(ARGV[4]), {}
while #letters < limit do
  local start = '-'
  if after ~= '' then start = '(' .. after end
  local page = redis.call('XRANGE', KEYS[1], start, '+', 'COUNT', limit)
  if #page == 0 then break end
  for _, entry in ipairs(page) do
    local id, fields, stream, group = entry[1], entry[2], nil, nil
    after = id
    for i = 1, #fields, 2 do
      if fields[i] == 'stream' then stream = fields[i + 1] end
      if fields[i] == 'group' then group = fields[i + 1] end
      if fields[i] == 'payload' then fields[i + 1] = tostring(#fields[i + 1]) end
    end
    if stream == ARGV[1] and group == ARGV[2] and #letters < limit then letters[#letters + 1] = {id, fields} end
  end
end
return letters
`)

// replayScript adds a letter's task to the stream again, as new, and removes the letter; 0: there
// is none.
//
// KEYS: dead letters, stream. ARGV: number of the letter, group.
var replayScript = goredis.NewScript(`
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then return 0 end
local of, task = {}, {}
for i = 1, #entry[2], 2 do
  local name, value = entry[2][i], entry[2][i + 1]
  if string.sub(name, 1, 7) == 'header:' or name == 'payload' or name == 'id' then
    task[#task + 1] = name
    task[#task + 1] = value
  else
    of[name] = value
  end
end
if of['stream'] ~= KEYS[2] or of['group'] ~= ARGV[2] then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(task))
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
`)
