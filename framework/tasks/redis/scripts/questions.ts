/** Replies: a word is the refusal, a list is what was done. */

export const ASK = /* lua */ `
local id, epoch, lease, key, request, deadline = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
local fingerprint, line = ARGV[7], ARGV[8]
local task = load(id)
local reason = refusal(task, epoch)
if reason then return reason end
renew(task, lease)
local held = redis.call('HMGET', task.questions, 'a:' .. key, 'x:' .. key, 'o:' .. key)
if held[1] then return { 'answered', held[1] } end
if held[2] then return { 'expired' } end
-- The first request, fingerprint and deadline under a key stay.
if held[3] then
  deadline = string.match(held[3], '^%S+ (%S+) ')
else
  redis.call('HSET', task.questions, 'f:' .. key, fingerprint)
end
if (tonumber(deadline) or math.huge) <= now then
  expire(task, { key })
  return { 'expired' }
end
if held[3] then return { 'open' } end
local order = redis.call('HINCRBY', task.questions, 'n', 1)
redis.call('HSET', task.questions, 'o:' .. key, order .. ' ' .. deadline .. ' ' .. request)
trace(task, timed(line))
task.opens = task.opens + 1
visibly(task, 'opens', task.opens, 'status', status(task), 'crashes', 0, 'lastStep', cjson.encode(key))
tellRoot(task, true)
return { 'open' }
`;

export const ANSWER = /* lua */ `
local id, owner = ARGV[1], ARGV[2]
local task = owned(id, owner)
if not task then return 'not_found' end
if task.run == 'done' then return 'terminal' end
local isOpen, taken = {}, {}
for _, question in ipairs(questions(task)) do isOpen[question.key] = question.deadline > now end
for i = 3, #ARGV, 2 do
  local key = ARGV[i]
  if isOpen[key] then
    isOpen[key] = false
    redis.call('HDEL', task.questions, 'o:' .. key)
    redis.call('HSET', task.questions, 'a:' .. key, ARGV[i + 1])
    taken[#taken + 1] = key
  end
end
if #taken == 0 then return { record(id), taken, false } end
task.opens = task.opens - #taken
local enqueue = false
if task.run == 'idle' then
  queue(task, now + ENQUEUE_GRACE)
  enqueue = task.activation
end
visibly(task, 'opens', task.opens, 'status', status(task))
tellRoot(task, true)
return { record(id), taken, enqueue }
`;

export const PARK = /* lua */ `
local id, epoch, lease, timer = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]) or math.huge
local firstChild = 6 + tonumber(ARGV[5])
local task = load(id)
local reason = refusal(task, epoch)
if reason then return reason end
put(task, 'parkedIn', task.epoch)
local isAwaited, isOpen, due = {}, {}, math.min(timer, task.expiry)
for i = 6, firstChild - 1 do isAwaited[ARGV[i]] = true end
local hasPassed, hasWithdrawn = false, false
for _, question in ipairs(questions(task)) do
  if question.deadline <= now then
    hasPassed = true
  elseif not isAwaited[question.key] then
    task.opens = task.opens - redis.call('HDEL', task.questions, 'o:' .. question.key)
    hasWithdrawn = true
  end
end
-- What has passed is told of below, and this with it: clients hear of one transition once.
if hasWithdrawn and hasPassed then
  task.version = task.version + 1
elseif hasWithdrawn then
  visibly(task, 'opens', task.opens, 'status', status(task))
  tellRoot(task, true)
end
for _, question in ipairs(expirePassed(task)) do
  isOpen[question.key] = true
  due = math.min(due, question.deadline)
end
-- Both in one step: an answer that comes before it is seen here, one that comes after it finds the task idle.
local hasCome = timer <= now
for i = 6, firstChild - 1 do hasCome = hasCome or not isOpen[ARGV[i]] end
for i = firstChild, #ARGV do
  local run = not hasCome and redis.call('HGET', P .. 't:' .. ARGV[i], 'run')
  hasCome = hasCome or not run or run == 'done'
end
if hasCome then
  renew(task, lease)
  return { 'replay', record(id, task.due), now }
end
put(task, 'run', 'idle')
wake(task, due)
return { 'parked' }
`;
