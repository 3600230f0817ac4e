import type { Redis } from 'ioredis';
import { RedisCalls } from './calls.js';

/** When a task starts by itself, in the words of the queue that keeps the time. */
export interface When {
  /** Milliseconds. */
  readonly every?: number;
  /** A cron expression, by the clock of `tz`. */
  readonly pattern?: string;
  readonly tz?: string;
}

/** A schedule that some process has code for. */
export interface KnownSchedule {
  readonly tool: string;
  readonly when: When;
}

/** What all processes together make of it. */
export interface Counting {
  readonly tools: ReadonlySet<string>;
  readonly own: readonly KnownSchedule[];
}

/** For how long a schedule counts after the last process has told of it: a version that restarts is back by then. */
const COUNTS_FOR = 600_000;

/** A schedule's field is its JSON, and its value says since when and when last a process has told of it. */
const TELL = /* lua */ `
local key, COUNTS_FOR = KEYS[1] .. 'schedules', ${COUNTS_FOR}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 2, #ARGV do
  local since = string.match(redis.call('HGET', key, ARGV[i]) or '', '^%d+') or now
  redis.call('HSET', key, ARGV[i], since .. ' ' .. now)
end
local counting, all = {}, redis.call('HGETALL', key)
for i = 1, #all, 2 do
  local since, last = string.match(all[i + 1], '^(%d+) (%d+)$')
  if now - last < COUNTS_FOR then
    counting[#counting + 1] = { all[i], tonumber(since) }
  elseif ARGV[1] == 'forget' then
    redis.call('HDEL', key, all[i])
  end
end
return counting
`;

/**
 * What all processes know of schedules. Which version of the code is the newer one, nobody can tell; which schedule was told of
 * first, Redis can: of those of one task, the one that came last counts, for as long as a process that works has it.
 */
export class KnownSchedules {
  readonly #calls: RedisCalls<'tell'>;

  constructor(client: Redis, key: string) {
    this.#calls = new RedisCalls(client, key, 'schedules', { tell: TELL });
  }

  /**
   * Tells of what this process knows, and forgets what none has told of for long where it should. Resolves with the names of the
   * tasks that have a schedule now, and with those of `own` that count.
   */
  async tell(own: readonly KnownSchedule[], forget = false): Promise<Counting> {
    const fields = own.map(fieldOf);
    const counting = (await this.#calls.run('tell', forget ? 'forget' : '', ...fields)) as [string, number][];
    // By their text where two came at once, so that all processes take the same one.
    counting.sort(([a, since], [b, later]) => since - later || (a < b ? -1 : 1));
    const latest = new Map(counting.map(([field]) => [(JSON.parse(field) as [string])[0], field]));
    return {
      tools: new Set(latest.keys()),
      own: own.filter((schedule) => latest.get(schedule.tool) === fieldOf(schedule)),
    };
  }
}

const fieldOf = ({ tool, when }: KnownSchedule): string => JSON.stringify([tool, when]);
