export const SPAWN = /* lua */ `
local id, epoch, lease, key = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local childId, ttl, most, due = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local line = ARGV[9]
local parent = load(id)
local reason = refusal(parent, epoch)
if reason then return reason end
local placed = redis.call('HGET', parent.children, key)
local earlier = placed and load(string.match(placed, '^%S+ (.*)$'))
if earlier then
  renew(parent, lease)
  return { earlier.id, record(earlier.id) }
end
local depth = tonumber(redis.call('HGET', parent.key, 'depth') or 0)
if parent.spawned >= most or depth >= DEEPEST then return 'quota' end

local step = cjson.encode(key)
redis.call('HSET', parent.children, key, parent.spawned .. ' ' .. childId)
put(parent, 'children', parent.spawned + 1, 'crashes', 0, 'lastStep', step)
renew(parent, lease)
local child = { id = childId, key = P .. 't:' .. childId }
put(child, 'owner', parent.owner, 'createdAt', now, 'updatedAt', now, 'status', 'working', 'run', 'queued',
  'activation', 1, 'version', 1, unpack(ARGV, 10))
-- A child lives within its parent.
put(child, 'ttl', math.max(1, math.min(ttl, parent.expiry - now)))
put(child, 'parent', id, 'parentKey', step, 'root', parent.root or id, 'depth', depth + 1)
redis.call('HINCRBY', LIVE, 'all', 1)
redis.call('HINCRBY', LIVE, 'bytes', bytesIn(ARGV, 10))
wake(child, now + due)
trace(parent, timed(line))
tell(child, 1)
return { childId, record(childId, child.due) }
`;

export const ASKING = /* lua */ `
local task = owned(ARGV[1], ARGV[2])
local found = {}
for _, id in ipairs(task and redis.call('ZRANGE', task.asking, 0, -1) or {}) do found[#found + 1] = { id, record(id) } end
return found
`;
