import { EXPIRED_RETENTION } from '../../task-end.js';
import { MOST_NOTES } from '../../task-notes.js';
import { DEEPEST, ENQUEUE_GRACE, LONGEST_GRACE } from '../../transitions.js';

/**
 * What the scripts have in common; it stands before each of them. `KEYS[1]` is what all keys of a store begin with
 * (its hash tag and a colon), so that Redis knows the slot. Everything else comes in `ARGV`.
 *
 * | key             | holds                                                                                       |
 * | --------------- | ------------------------------------------------------------------------------------------- |
 * | `t:<task>`      | hash: the record, one field each, so that a write touches only what it changes              |
 * | `j:<task>`      | hash: the journal; key -> place, space, entry                                               |
 * | `v:<task>`      | hash: entries of the journal that are large, which have a note in it; key -> entry          |
 * | `q:<task>`      | hash: questions; `o:` open (order, deadline, request), `a:` answered, `x:` expired (order), `f:` fingerprint |
 * | `c:<task>`      | hash: its children; step -> place, space, task                                              |
 * | `a:<task>`      | sorted set: of all tasks below one at the top, those with open questions                    |
 * | `s:<task>`      | list: the trace of a task at the top and of all below it, a line of JSON each                |
 * | `o:<owner>`     | sorted set: the owner's tasks by position                                                   |
 * | `n:<status>`    | sorted set: the tasks at the top that have it, of all owners, by when they were made        |
 * | `k:<key>`       | string: the task that an idempotency key made                                               |
 * | `due`           | sorted set: every task by the time at which the watchdog must look at it                    |
 * | `live`          | hash: how many tasks have not ended, by owner and in all, and the bytes of their arguments  |
 *
 * In a record's hash, text of other people (the owner, messages, step keys) is JSON, so that it holds no NUL. What no transition
 * reads is one field, `made`. Nothing that a user wrote is decoded here (`cjson` turns empty lists into objects and rounds numbers).
 */
export const LIBRARY = /* lua */ `
local P = KEYS[1]
local DUE, LIVE = P .. 'due', P .. 'live'
local ENQUEUE_GRACE, LONGEST_GRACE, EXPIRED_RETENTION = ${ENQUEUE_GRACE}, ${LONGEST_GRACE}, ${EXPIRED_RETENTION}
local DEEPEST, MOST_NOTES = ${DEEPEST}, ${MOST_NOTES}

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function load(id)
  local key = P .. 't:' .. id
  local held = redis.call('HMGET', key, 'owner', 'ownerKey', 'run', 'epoch', 'activation', 'crashes', 'createdAt', 'ttl',
    'opens', 'version', 'resultTtl', 'parent', 'root', 'children')
  if not held[1] then return nil end
  return {
    id = id, key = key, journal = P .. 'j:' .. id, aside = P .. 'v:' .. id, questions = P .. 'q:' .. id, children = P .. 'c:' .. id,
    asking = P .. 'a:' .. id,
    owner = held[1], ownerKey = held[2], run = held[3],
    epoch = tonumber(held[4] or 0), activation = tonumber(held[5]), crashes = tonumber(held[6] or 0),
    createdAt = tonumber(held[7]), ttl = held[8], expiry = held[7] + held[8], opens = tonumber(held[9] or 0),
    version = tonumber(held[10]), resultTtl = held[11],
    parent = held[12], root = held[13], spawned = tonumber(held[14] or 0),
  }
end

local function owned(id, owner)
  local task = load(id)
  if task and task.owner == owner then return task end
end

-- One text and not a list of fields: a client takes it in several times faster.
local function record(id, due)
  local fields = table.concat(redis.call('HGETALL', P .. 't:' .. id), '\\0')
  return { fields, due or redis.call('ZSCORE', DUE, id), redis.call('HGETALL', P .. 'q:' .. id) }
end

-- A rescue takes the run away before the next activation begins, so the epoch alone would let its last owner write.
local function refusal(task, epoch)
  if not task then return 'not_found' end
  if task.run == 'done' then return 'terminal' end
  if task.run ~= 'running' or task.epoch ~= tonumber(epoch) then return 'fenced' end
end

local function put(task, ...) redis.call('HSET', task.key, ...) end
local function wake(task, at)
  task.due = at
  redis.call('ZADD', DUE, at, task.id)
end
local function renew(task, lease) wake(task, math.min(now + lease, task.expiry)) end

-- Hints leave together when all calls are done: whoever hears of one would wake up for each.
local hints = {}
local function tell(task, version) hints[#hints + 1] = version .. ' ' .. task.id end

-- A change that clients can see.
local function visibly(task, ...)
  task.version = task.version + 1
  put(task, 'updatedAt', now, 'version', task.version, ...)
  tell(task, task.version)
end

-- input_required exactly while a question is open (2025-11-25 tasks, "Input Required Status").
local function status(task)
  if task.opens > 0 then return 'input_required' end
  return 'working'
end

local function queue(task, at)
  task.activation = task.activation + 1
  put(task, 'run', 'queued', 'activation', task.activation, 'queuedAt', at - ENQUEUE_GRACE)
  wake(task, at)
end

-- The open questions, in the order in which they were asked.
local function questions(task)
  local found = {}
  if task.opens == 0 then return found end
  local all = redis.call('HGETALL', task.questions)
  for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 'o:' then
      local order, deadline = string.match(all[i + 1], '^(%S+) (%S+) ')
      local key = string.sub(all[i], 3)
      found[#found + 1] = { key = key, order = tonumber(order), deadline = tonumber(deadline) or math.huge }
    end
  end
  table.sort(found, function(a, b) return a.order < b.order end)
  return found
end

-- For operators, who look for tasks of a status: here it is that of a task with all below it.
local function shelf(task)
  local asks = task.opens > 0 or (task.spawned > 0 and redis.call('ZCARD', task.asking) > 0)
  return P .. 'n:' .. (asks and 'input_required' or 'working'), P .. 'n:' .. (asks and 'working' or 'input_required')
end
-- A result with a message is an error.
local function endShelf(ended, message) return P .. 'n:' .. (ended == 'completed' and message and 'failed' or ended) end
local function shelve(task)
  if task.parent or task.run == 'done' then return end
  local place, other = shelf(task)
  redis.call('ZREM', other, task.id)
  redis.call('ZADD', place, task.createdAt, task.id)
end

-- What a task adds to the sums of its root, as in family-progress.ts.
local function shareOf(told, isDone)
  if not told then return { 0, 0, 0 } end
  local numbers = cjson.decode(told)
  local progress, total = numbers.progress, numbers.total
  if isDone then
    progress = math.max(progress, total or 0)
    total = total or progress
  end
  return { progress, total or 0, total and 0 or 1 }
end

-- Whoever watches the root of a task is asked its questions and shown its progress, and so is told of each change of them.
local function tellRoot(task, asked, before, after, message)
  if asked then shelve(task) end
  local root = task.root and load(task.root)
  if not root or root.run == 'done' then return end
  local moved = before and (before[1] ~= after[1] or before[2] ~= after[2] or before[3] ~= after[3])
  if not (asked or moved or message) then return end
  if asked and task.opens == 0 then
    redis.call('ZREM', root.asking, task.id)
  elseif asked then
    local newest = redis.call('ZRANGE', root.asking, -1, -1, 'WITHSCORES')
    redis.call('ZADD', root.asking, 'NX', (tonumber(newest[2]) or 0) + 1, task.id)
  end
  if asked then shelve(root) end
  if message then put(root, 'statusMessage', message) end
  if moved then
    local progress, total, open =
      string.match(redis.call('HGET', root.key, 'below') or '0 0 0', '^(%S+) (%S+) (%S+)$')
    put(root, 'below', string.format('%.17g %.17g %d', progress + (after[1] - before[1]), total + (after[2] - before[2]),
      open + (after[3] - before[3])))
  end
  visibly(root)
end

-- The end of a task is that of its questions, and its progress is then complete.
local function tellEnd(task, progress)
  local asked = task.opens > 0
  task.opens = 0
  tellRoot(task, asked, shareOf(progress, false), shareOf(progress, true))
end

-- A line of the trace of a task's family, which is kept with the task at its top.
local function trace(task, line)
  local lines = P .. 's:' .. (task.root or task.id)
  if redis.call('LLEN', lines) < MOST_NOTES then redis.call('RPUSH', lines, line) end
end
-- A line of JSON with the time added.
local function timed(line) return string.format('%s,"at":%d}', string.sub(line, 1, -2), now) end
local function traceEnd(task, ended)
  if not task.parent then return end
  local failed = ended == 'completed' and '' or ',"failed":true'
  trace(task, timed(string.format('{"task":"%s","epoch":%d,"key":"","kind":"task"%s}', task.id, task.epoch, failed)))
end

-- How much the arguments are in the fields of a new task.
local function bytesIn(fields, from)
  for i = from, #fields, 2 do
    if fields[i] == 'args' then return #fields[i + 1] end
  end
  return 0
end
-- A task less that has not ended, with its arguments.
local function uncount(bytes)
  if redis.call('HINCRBY', LIVE, 'all', -1) > 0 then
    redis.call('HINCRBY', LIVE, 'bytes', -bytes)
  else
    redis.call('HDEL', LIVE, 'bytes')
  end
end

local function expire(task, keys)
  if #keys == 0 then return end
  local before = task.opens
  for _, key in ipairs(keys) do
    task.opens = task.opens - redis.call('HDEL', task.questions, 'o:' .. key)
    redis.call('HSET', task.questions, 'x:' .. key, redis.call('HINCRBY', task.questions, 'n', 1))
  end
  visibly(task, 'opens', task.opens, 'status', status(task))
  tellRoot(task, task.opens ~= before)
end

local function expirePassed(task)
  local passed, left = {}, {}
  for _, question in ipairs(questions(task)) do
    if question.deadline <= now then passed[#passed + 1] = question.key else left[#left + 1] = question end
  end
  expire(task, passed)
  return left
end

-- The children that are there, in the order of their making.
local function childrenOf(task)
  if task.spawned == 0 then return {} end
  local all, found = redis.call('HVALS', task.children), {}
  for _, placed in ipairs(all) do
    local order, id = string.match(placed, '^(%S+) (.*)$')
    local child = load(id)
    if child then found[#found + 1] = { order = tonumber(order), child = child } end
  end
  table.sort(found, function(a, b) return a.order < b.order end)
  return found
end

-- Adds to the list what was removed without having ended.
local function remove(task, removed)
  for _, each in ipairs(childrenOf(task)) do remove(each.child, removed) end
  local held = redis.call('HMGET', task.key, 'madeBy', 'made', 'progress', 'tool', 'parentKey', 'retries', 'status', 'statusMessage')
  local bytes = redis.call('HSTRLEN', task.key, 'args')
  redis.call('UNLINK', task.key, task.journal, task.aside, task.questions, task.children)
  redis.call('ZREM', DUE, task.id)
  if not task.parent then
    local made = held[1] and P .. 'k:' .. held[1]
    if made and redis.call('GET', made) == task.id then redis.call('DEL', made) end
    redis.call('ZREM', P .. 'o:' .. task.ownerKey, task.id)
    redis.call('ZREM', endShelf(held[7], held[8]), task.id)
    redis.call('UNLINK', P .. 's:' .. task.id)
  elseif task.run ~= 'done' then
    -- A child goes with its parent, whatever it is doing; whoever runs it is told.
    traceEnd(task, 'cancelled')
    uncount(bytes)
    tell(task, task.version + 1)
    tellEnd(task, held[3])
    removed[#removed + 1] =
      { task.id, held[4], task.parent, held[5], task.root, held[6] or '0', task.epoch, task.createdAt, held[2] }
  end
end

-- Status and outcome are written together, and all that an ended task no longer needs goes.
local function finish(task, ended, outcome, message)
  redis.call('HDEL', task.key, 'statusMessage', 'token')
  if not task.parent then
    redis.call('ZREM', (shelf(task)), task.id)
    redis.call('ZADD', endShelf(ended, message), task.createdAt, task.id)
  end
  task.run = 'done'
  -- A ttl that was promised is never shortened, only lengthened where the end came late in it.
  if task.resultTtl then task.expiry = math.max(task.expiry, now + task.resultTtl) end
  if task.expiry > now then wake(task, task.expiry) else wake(task, now + EXPIRED_RETENTION) end
  uncount(redis.call('HSTRLEN', task.key, 'args'))
  traceEnd(task, ended)
  if task.parent then
    local parent = load(task.parent)
    -- Due at once, for whoever should enqueue it now may die.
    if parent and parent.run == 'idle' then queue(parent, now) end
  elseif redis.call('HINCRBY', LIVE, task.ownerKey, -1) <= 0 then
    redis.call('HDEL', LIVE, task.ownerKey)
  end
  local fields = { 'run', 'done', 'status', ended, 'outcome', outcome, 'args', 'null', 'opens', 0, 'ttl', task.expiry - task.createdAt }
  if message then fields[13], fields[14] = 'statusMessage', message end
  task.version = task.version + 1
  put(task, 'updatedAt', now, 'version', task.version, unpack(fields))
  local removed = {}
  for _, each in ipairs(childrenOf(task)) do remove(each.child, removed) end
  redis.call('UNLINK', task.journal, task.aside, task.questions, task.children, task.asking)
  tell(task, task.version)
  tellEnd(task, task.root and redis.call('HGET', task.key, 'progress'))
  return removed
end
`;
