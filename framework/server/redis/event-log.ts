import type { Redis } from 'ioredis';
import type { RequestId } from '../../spec.js';
import {
  type Appended,
  type EventLog,
  KEPT_EVENTS,
  KEPT_FOR,
  type StreamOrigin,
  type StreamState,
} from '../streams/event-log.js';
import { RedisCalls } from '../../tasks/redis/calls.js';

// Two keys a stream: what it is, and its events, numbered by their ids. Fields that were never set are empty.
const PRELUDE = `
local key, stream, kept_for = KEYS[1], ARGV[1], ${KEPT_FOR}
local about, events = key .. 'stream:' .. stream, key .. 'stream:' .. stream .. ':events'
local function used()
  redis.call('PEXPIRE', about, kept_for)
  redis.call('PEXPIRE', events, kept_for)
end
local function state(after)
  used()
  local found = redis.call('HMGET', about, 'last', 'over', 'writer', 'request', 'task', 'reader', 'scopes')
  for index = 1, 7 do found[index] = found[index] or '' end
  found[8] = redis.call('XRANGE', events, '(' .. after .. '-0', '+')
  return found
end
-- Whether this writer may: the first one opens the stream, unless it is the kind that only a reader opens.
local function may_write(writer)
  if redis.call('EXISTS', about) == 0 then
    if writer == '' then return false end
    redis.call('HSET', about, 'last', 0, 'writer', writer)
  end
  return (redis.call('HGET', about, 'writer') or '') == writer
end
local function both(known, more)
  if not known or known == more then return more end
  local all, has = cjson.decode(known), {}
  for _, scope in ipairs(all) do has[scope] = true end
  for _, scope in ipairs(cjson.decode(more)) do
    if not has[scope] then all[#all + 1] = scope end
  end
  return cjson.encode(all)
end
local function describe(request, task, scopes)
  if request ~= '' then redis.call('HSET', about, 'request', request) end
  if task ~= '' then redis.call('HSET', about, 'task', task) end
  if scopes ~= '' then redis.call('HSET', about, 'scopes', both(redis.call('HGET', about, 'scopes'), scopes)) end
end`;

const SCRIPTS = {
  append: `${PRELUDE}
local writer, request, task, scopes, body, over = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
if not may_write(writer) then return false end
describe(request, task, scopes)
local number = redis.call('HGET', about, 'last')
if body ~= '' then
  number = redis.call('HINCRBY', about, 'last', 1)
  redis.call('XADD', events, 'MAXLEN', '${KEPT_EVENTS}', number .. '-0', 'body', body)
end
if over == '1' then redis.call('HSET', about, 'over', '1') end
-- Only a reader keeps the stream that belongs to no request.
if writer ~= '' then used() end
return { number, redis.call('HGET', about, 'reader') or '' }`,
  follow: `${PRELUDE}
if not may_write(ARGV[2]) then return end
describe(ARGV[3], ARGV[4], ARGV[5])
used()`,
  resume: `${PRELUDE}
local process = ARGV[3]
if redis.call('EXISTS', about) == 0 then return false end
if redis.call('HEXISTS', about, 'task') == 1 and redis.call('HEXISTS', about, 'over') == 0 then
  redis.call('HSET', about, 'writer', process)
  redis.call('HDEL', about, 'reader')
else
  redis.call('HSET', about, 'reader', process)
end
return state(ARGV[2])`,
  read: `${PRELUDE}
if redis.call('EXISTS', about) == 0 then return false end
return state(ARGV[2])`,
  take: `${PRELUDE}
if redis.call('EXISTS', about) == 1 then redis.call('HSET', about, 'writer', ARGV[2]) end`,
  listen: `${PRELUDE}
redis.call('HSET', about, 'reader', ARGV[2])
redis.call('HSETNX', about, 'last', 0)
used()
return redis.call('HGET', about, 'last')`,
};

type Reply = readonly [
  ...[string, string, string, string, string, string, string],
  (readonly [string, readonly string[]])[],
];

/** Events in Redis, for any number of processes. Calls throw `STORE_UNAVAILABLE` where it is away. */
export class RedisEventLog implements EventLog {
  readonly #calls: RedisCalls<keyof typeof SCRIPTS>;

  constructor(client: Redis, prefix: string) {
    this.#calls = new RedisCalls(client, `{${prefix}}:`, 'events', SCRIPTS);
  }

  append(stream: string, origin: StreamOrigin, body: string): Promise<Appended | undefined> {
    return this.#append(stream, origin, body, '0');
  }

  end(stream: string, origin: StreamOrigin, body = ''): Promise<Appended | undefined> {
    return this.#append(stream, origin, body, '1');
  }

  async follow(stream: string, origin: StreamOrigin): Promise<void> {
    await this.#calls.run('follow', stream, ...fieldsOf(origin));
  }

  async resume(stream: string, after: number, process: string): Promise<StreamState | undefined> {
    return stateOf(await this.#calls.run('resume', stream, after, process));
  }

  async read(stream: string, after: number): Promise<StreamState | undefined> {
    return stateOf(await this.#calls.run('read', stream, after));
  }

  async take(stream: string, process: string): Promise<void> {
    await this.#calls.run('take', stream, process);
  }

  async listen(stream: string, process: string): Promise<number> {
    return Number(await this.#calls.run('listen', stream, process));
  }

  async #append(stream: string, origin: StreamOrigin, body: string, over: string): Promise<Appended | undefined> {
    const reply = await this.#calls.run('append', stream, ...fieldsOf(origin), body, over);
    if (reply === null) return undefined;
    const [number, reader] = reply as [number | string, string];
    return { number: Number(number), ...(reader !== '' && { reader }) };
  }
}

const fieldsOf = ({ writer = '', requestId, taskId = '', scopes }: StreamOrigin): readonly string[] => [
  writer,
  requestId === undefined ? '' : JSON.stringify(requestId),
  taskId,
  scopes === undefined ? '' : JSON.stringify(scopes),
];

function stateOf(reply: unknown): StreamState | undefined {
  if (reply === null) return undefined;
  const [last, over, writer, request, taskId, reader, scopes, entries] = reply as Reply;
  return {
    events: entries.map(([id, [, body]]) => ({ number: Number.parseInt(id, 10), body: body as string })),
    last: Number(last),
    isOver: over === '1',
    ...(writer !== '' && { writer }),
    ...(request !== '' && { requestId: JSON.parse(request) as RequestId }),
    ...(taskId !== '' && { taskId }),
    ...(reader !== '' && { reader }),
    ...(scopes !== '' && { scopes: JSON.parse(scopes) as string[] }),
  };
}
