import { HOUR } from '../../transitions.js';

export const DUE = /* lua */ `
return redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, ARGV[1])
`;

export const RESCUE = /* lua */ `
local HOUR = ${HOUR}
local id, maxCrashes = ARGV[1], tonumber(ARGV[2])
local task = load(id)
if not task then
  redis.call('ZREM', DUE, id)
  return { 'none' }
end
if tonumber(redis.call('ZSCORE', DUE, id) or 0) > now then return { 'none' } end
local parent = task.parent and load(task.parent)
if (task.parent and not parent) or (task.run == 'done' and not parent) then
  remove(task, {})
  return { 'none' }
end
-- An ended child is kept for as long as its parent lives.
if task.run == 'done' then
  wake(task, now + HOUR)
  return { 'none' }
end

-- The message is the inside of a JSON string.
local function fail(message)
  local json = '"' .. message .. '"'
  local outcome = '{"kind":"error","error":{"code":-32603,"message":' .. json .. '}}'
  local removed = finish(task, 'failed', outcome, json)
  return { 'ended', record(id, task.due), removed }
end
if task.expiry <= now then
  return fail('The task has expired: it did not end within its ttl of ' .. task.ttl .. ' ms.')
end
if task.run == 'queued' then
  local waited = now - (redis.call('HGET', task.key, 'queuedAt') or task.createdAt)
  wake(task, now + math.max(ENQUEUE_GRACE, math.min(waited, LONGEST_GRACE)))
elseif task.run == 'idle' then
  expirePassed(task)
  queue(task, now + ENQUEUE_GRACE)
else
  local crashes = task.crashes + 1
  if crashes > maxCrashes then
    local step = redis.call('HGET', task.key, 'lastStep')
    local place = step and ('after step \\\\"' .. string.sub(step, 2, -2) .. '\\\\"') or 'before the first step'
    return fail('The worker crashed ' .. crashes .. ' times ' .. place .. '.')
  end
  put(task, 'crashes', crashes)
  queue(task, now + ENQUEUE_GRACE)
end
return { 'enqueue', task.activation, redis.call('HGET', task.key, 'tool') }
`;

export const GET = /* lua */ `
local task = owned(ARGV[1], ARGV[2])
return task and record(task.id) or {}
`;

export const TRACE = /* lua */ `
local task = owned(ARGV[1], ARGV[2])
return task and redis.call('LRANGE', P .. 's:' .. task.id, 0, -1) or {}
`;

/** A page of this many characters is full: Redis serves nobody else while it is put together. */
export const FULL = 1024 * 1024;

export const LIST = /* lua */ `
local FULL = ${FULL}
local ownerKey, limit, after = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local found = redis.call('ZREVRANGEBYSCORE', P .. 'o:' .. ownerKey, after, '-inf', 'WITHSCORES', 'LIMIT', 0, limit + 1)
local page, size, last = {}, 0, 0
while #page < limit and last < #found and size < FULL do
  local stored = record(found[last + 1])
  size = size + #stored[1]
  page[#page + 1] = { found[last + 1], stored }
  last = last + 2
end
return { page, last > 0 and #found > last and found[last] or false }
`;
