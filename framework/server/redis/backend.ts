import { randomBytes } from 'node:crypto';
import { atMost } from '../../runtime/at-most.js';
import { BullmqSchedules } from '../../tasks/bullmq/schedules.js';
import { BullmqTaskQueue } from '../../tasks/bullmq/task-queue.js';
import { checkRedis } from '../../tasks/redis/check.js';
import { connectRedis, type RedisConnections } from '../../tasks/redis/connections.js';
import { RedisTaskStore } from '../../tasks/redis/task-store.js';
import type { RedisSettings } from '../app-options.js';
import type { Backend } from '../backend.js';
import { RedisEventLog } from './event-log.js';
import { RedisPageStore } from './page-store.js';
import { RedisPost } from './post.js';
import { RedisSessionStore } from './session-store.js';
import { RedisSwitches } from './switches.js';
import { noticed } from '../report.js';

/** How long `ready` waits for an answer, in milliseconds. */
const READY_LIMIT = 1000;

/**
 * Connects, looks whether this Redis keeps what it is given, and opens everything that lives in it.
 *
 * @throws PerduraError `STORE_UNAVAILABLE`, `REDIS_UNSAFE` or `STORE_PREFIX_INVALID`
 */
export async function openRedis(settings: string | RedisSettings, report: (error: unknown) => void): Promise<Backend> {
  const { url, prefix = 'perdura', allowUnsafe = false, ...rest } = named(settings);
  const connections = await connectRedis(url ?? rest, report);
  try {
    const warn = (message: string): void => report(noticed(new Error(message)));
    const { version } = await checkRedis(connections.requests, { allowUnsafe, warn });
    const store = new RedisTaskStore({ connections, prefix, version });
    await store.open();
    const post = new RedisPost(connections, prefix, report);
    await post.open();
    return {
      store,
      stateKey: await stateKeyOf(connections, prefix),
      queue: new BullmqTaskQueue({ connections, prefix, report }),
      schedules: new BullmqSchedules({ connections, prefix, report }),
      shared: {
        post,
        events: new RedisEventLog(connections.requests, prefix),
        switches: new RedisSwitches(connections.requests, prefix),
        pages: new RedisPageStore(connections.requests, prefix),
        sessions: new RedisSessionStore(connections.requests, prefix),
      },
      ready: () => answers(connections),
    };
  } catch (error) {
    await connections.close();
    throw error;
  }
}

/** The first process makes a key for all of them: whoever reads this Redis reads everything that it would seal. */
async function stateKeyOf({ requests }: RedisConnections, prefix: string): Promise<string> {
  const key = `{${prefix}}:state-key`;
  await requests.set(key, randomBytes(32).toString('base64'), 'NX');
  return (await requests.get(key)) as string;
}

const named = (settings: string | RedisSettings): RedisSettings =>
  typeof settings === 'string' ? { url: settings } : settings;

async function answers({ requests }: RedisConnections): Promise<boolean> {
  let hasAnswered = false;
  const answered = requests.ping().then(
    () => (hasAnswered = true),
    () => undefined,
  );
  await atMost(READY_LIMIT, answered);
  return hasAnswered;
}
