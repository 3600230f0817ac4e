import { FULL } from './upkeep.js';

/** What a summary is made of, in the order of the reply. */
export const SURVEYED = [
  ...['owner', 'tool', 'status', 'run', 'createdAt', 'updatedAt', 'ttl'],
  ...['retries', 'crashes', 'opens', 'children', 'statusMessage', 'progress', 'below'],
] as const;

/** Where not all of an index fits the query: the most tasks of it that one page looks at. */
const LOOK = 200;

export const SURVEY = /* lua */ `
local FULL = ${FULL}
local limit, after, tool, ownerKey, only = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local look = (tool ~= '' or ownerKey ~= '') and ${LOOK} or limit + 1
local isWanted, indexes = {}, {}
for i = 6, #ARGV do isWanted[ARGV[i]], indexes[i - 5] = true, P .. 'n:' .. ARGV[i] end
if ownerKey ~= '' then indexes = { P .. 'o:' .. ownerKey } end

local function summary(id)
  local held = redis.call('HMGET', P .. 't:' .. id, '${SURVEYED.join("', '")}')
  if not held[1] then return nil end
  local asking = redis.call('ZCARD', P .. 'a:' .. id)
  local status = tonumber(held[10] or 0) + asking > 0 and 'input_required' or 'working'
  if held[4] == 'done' then status = held[3] == 'completed' and held[12] and 'failed' or held[3] end
  held[#held + 1] = redis.call('ZSCORE', DUE, id)
  held[#held + 1] = asking
  return held, status
end

local found, next = {}, false
for _, index in ipairs(indexes) do
  local some = redis.call('ZREVRANGEBYSCORE', index, after, '-inf', 'WITHSCORES', 'LIMIT', 0, look)
  -- All of the last millisecond, so that the next page continues before it.
  if #some == 2 * look then
    local last = some[#some]
    while some[#some] == last do some[#some], some[#some - 1] = nil, nil end
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', index, last, last)) do some[#some + 1], some[#some + 2] = id, last end
    next = math.max(next or 0, tonumber(last))
  end
  for j = 1, #some, 2 do found[#found + 1] = { id = some[j], at = tonumber(some[j + 1]), index = index } end
end
table.sort(found, function(a, b) return a.at > b.at end)

local page, size, last = {}, 0, math.huge
for _, each in ipairs(found) do
  if each.at < (next or 0) then break end
  if each.at < last and (#page >= limit or size >= FULL) then
    next = last
    break
  end
  last = each.at
  local held, status = summary(each.id)
  -- An older version has removed it, and knew nothing of this place.
  if not held then
    redis.call('ZREM', each.index, each.id)
  elseif isWanted[status] and (tool == '' or held[2] == tool) then
    size = size + #(held[12] or '')
    page[#page + 1] = { each.id, held }
  end
end
if only ~= '' then
  local held = summary(only)
  page = held and { { only, held } } or {}
end

local counts, oldest = {}, false
for i, status in ipairs({ 'working', 'input_required', 'completed', 'failed', 'cancelled' }) do
  counts[i] = redis.call('ZCARD', P .. 'n:' .. status)
  local first = i < 3 and redis.call('ZRANGE', P .. 'n:' .. status, 0, 0, 'WITHSCORES')[2]
  if first then oldest = math.min(oldest or math.huge, tonumber(first)) end
end
return { page, next, counts, oldest, now }
`;
