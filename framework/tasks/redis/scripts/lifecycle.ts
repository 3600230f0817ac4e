/** Replies: a word is the refusal, a list is what was done. */

export const CREATE = /* lua */ `
local id, owner, ownerKey, made = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local perOwner, keptPerOwner, total = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local totalBytes, due = tonumber(ARGV[8]), tonumber(ARGV[9])
local journal, fields = 11, 11 + ARGV[10]
local index = P .. 'o:' .. ownerKey

local function earlier(same)
  if same.owner ~= owner then return 'not_found' end
  return { 'earlier', same.id, record(same.id) }
end
local known = made ~= '' and redis.call('GET', P .. 'k:' .. made)
local same = known and load(known)
if same then return earlier(same) end
local live = redis.call('HMGET', LIVE, ownerKey, 'all', 'bytes')
local own, all, bytes = tonumber(live[1] or 0), tonumber(live[2] or 0), (live[3] or 0) + bytesIn(ARGV, fields)
local isTooMuch = all >= total or (all > 0 and bytes > totalBytes)
local full = (own >= perOwner and 'quota') or (isTooMuch and 'backlog')
-- Every task has a due time: where this one had one before, the call is repeated because its reply was lost.
same = (full or redis.call('ZADD', DUE, 'NX', now + due, id) == 0) and load(id)
if same then return earlier(same) end
if full then return full end

-- The oldest ended task makes room. Few are live, so the search is short.
local function makeRoom()
  for from = 0, keptPerOwner - 1, 50 do
    for _, old in ipairs(redis.call('ZRANGE', index, from, from + 49)) do
      local task = load(old)
      if task and task.run == 'done' then return remove(task, {}) end
      if not task then return redis.call('ZREM', index, old) end
    end
  end
end
if redis.call('ZCARD', index) >= keptPerOwner then makeRoom() end

local task = { id = id, key = P .. 't:' .. id, journal = P .. 'j:' .. id }
put(task, 'owner', owner, 'ownerKey', ownerKey, 'createdAt', now, 'updatedAt', now, 'status', 'working', 'run', 'queued',
  'activation', 1, 'version', 1, unpack(ARGV, fields))
for i = journal, fields - 1, 2 do redis.call('HSET', task.journal, ARGV[i], ARGV[i + 1]) end
if made ~= '' then
  put(task, 'madeBy', made)
  redis.call('SET', P .. 'k:' .. made, id)
end
-- The time, made unique: positions only grow, whatever was removed, and say nothing about other owners.
local newest = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
redis.call('ZADD', index, math.max(now, (tonumber(newest[2]) or 0) + 1), id)
redis.call('ZADD', P .. 'n:working', now, id)
redis.call('HSET', LIVE, 'all', all + 1, 'bytes', bytes, ownerKey, own + 1)
tell(task, 1)
return { 'created', now }
`;

export const BEGIN = /* lua */ `
local id, activation, lease, token = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local task = load(id)
if not task then return 'not_found' end
if task.run == 'done' then return 'terminal' end
-- The same call, sent again since its reply was lost: the activation is the caller's already.
local isRepeated = task.run == 'running' and redis.call('HGET', task.key, 'token') == token
if not isRepeated then
  if task.run ~= 'queued' or task.activation ~= activation then return 'stale' end
  put(task, 'run', 'running', 'epoch', task.epoch + 1, 'token', token)
end
renew(task, lease)
return { record(id, task.due), now, redis.call('HGETALL', task.journal) }
`;

export const APPEND = /* lua */ `
local id, epoch, lease, length, key, entry = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6]
local line, aside = ARGV[7], ARGV[8]
local task = load(id)
local reason = refusal(task, epoch)
if reason then return reason end
local placed = ARGV[4] .. ' ' .. entry
if redis.call('HLEN', task.journal) == length then
  redis.call('HSET', task.journal, key, placed)
  if aside then redis.call('HSET', task.aside, key, aside) end
  if line ~= '' then trace(task, line) end
-- The same entry in the same place is the same call, sent again since its reply was lost.
elseif redis.call('HGET', task.journal, key) ~= placed then
  return 'gap'
end
put(task, 'crashes', 0, 'lastStep', cjson.encode(key))
renew(task, lease)
return {}
`;

export const RECALL = /* lua */ `
local id, epoch, key = ARGV[1], ARGV[2], ARGV[3]
local task = load(id)
local reason = refusal(task, epoch)
if reason then return reason end
local entry = redis.call('HGET', task.aside, key)
return entry and { entry } or 'gap'
`;

export const HEARTBEAT = /* lua */ `
local id, epoch, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local task = load(id)
local reason = refusal(task, epoch)
if reason then return reason end
renew(task, lease)
local before, message = {}, nil
local isNew = false
for i = 4, #ARGV, 2 do
  local field, told = ARGV[i], ARGV[i + 1]
  before[field] = redis.call('HGET', task.key, field)
  if before[field] ~= told then
    put(task, field, told)
    isNew = true
    if field == 'statusMessage' then message = told end
  end
  if field == 'progress' then before.share, before.now = shareOf(before[field], false), shareOf(told, false) end
end
if isNew then
  visibly(task)
  tellRoot(task, false, before.share, before.now, message)
end
return {}
`;

export const YIELD = /* lua */ `
local id, epoch, token, delay, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local task = load(id)
-- The same call, sent again since its reply was lost.
if task and task.run == 'queued' and redis.call('HGET', task.key, 'token') == token then return { task.activation } end
local reason = refusal(task, epoch)
if reason then return reason end
queue(task, now + (tonumber(delay) or 0) + ENQUEUE_GRACE)
put(task, 'token', token)
if delay then
  redis.call('HINCRBY', task.key, 'retries', 1)
  local isSaid = message and redis.call('HGET', task.key, 'statusMessage') ~= message
  if isSaid then put(task, 'statusMessage', message) end
  visibly(task)
  if isSaid then tellRoot(task, false, nil, nil, message) end
end
return { task.activation }
`;

export const FINISH = /* lua */ `
local id, epoch, ended, outcome, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local task = load(id)
local reason = refusal(task, epoch)
if reason then return reason end
local removed = finish(task, ended, outcome, message)
return { record(id, task.due), removed }
`;

export const CANCEL = /* lua */ `
local id, owner, ended, outcome, message = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local task = owned(id, owner)
if not task then return 'not_found' end
if task.run == 'done' then return 'terminal' end
local removed = finish(task, ended, outcome, message)
return { record(id, task.due), removed }
`;
