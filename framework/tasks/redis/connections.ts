import { Redis, type RedisOptions } from 'ioredis';
import { PerduraError } from '../../errors.js';
import { atMost } from '../../runtime/at-most.js';
import { seldom } from '../seldom.js';

/** The connections of one process to one Redis. Each has its own answer to "Redis is away". */
export interface RedisConnections {
  /** For calls on behalf of a client: fails within two seconds rather than let requests pile up. */
  readonly requests: Redis;
  /** For workers: waits, and sends again what was under way. Opened by its first command. */
  readonly work: Redis;
  /** For hints: only subscribes. */
  readonly hints: Redis;
  close(): Promise<void>;
}

/** Where Redis is: a URL (`redis://`, `rediss://`) or what ioredis takes. */
export type RedisAddress = string | RedisOptions;

const CLOSE_LIMIT = 1000;

const REQUESTS: RedisOptions = {
  lazyConnect: true,
  // Its queue has no bound: a server that goes on taking requests while Redis is away would run out of memory.
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  // A client that was told "failed" tries again itself; a silent second try could act twice.
  autoResendUnfulfilledCommands: false,
  connectTimeout: 1000,
  commandTimeout: 1500,
  // A connection that hangs is given up, and the next call fails at once.
  socketTimeout: 2000,
  retryStrategy: (times) => Math.min(50 * times, 1000),
};

const PATIENT: RedisOptions = {
  lazyConnect: true,
  maxRetriesPerRequest: null,
  connectTimeout: 5000,
  socketTimeout: 5000,
  retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), 1000),
};

// After a failover the old address answers for a replica: connect anew, where the new primary may be found.
const isReadOnly = (error: Error): boolean => error.message.startsWith('READONLY');

/** Opens the connections. They come back by themselves; what goes wrong meanwhile is reported every 10 s at most. */
export async function connectRedis(address: RedisAddress, report: (error: unknown) => void): Promise<RedisConnections> {
  const tell = seldom(report);
  // Until the first connection stands, what is wrong is thrown with the start and not told beside it.
  let isOpen = false;
  let refusal: Error | undefined;
  const open = (name: string, options: RedisOptions): Redis => {
    const named = { ...options, connectionName: `perdura:${name}` };
    const client = inOneWrite(
      typeof address === 'string' ? new Redis(address, named) : new Redis({ ...address, ...named }),
    );
    // Without a listener an 'error' event would end the process.
    client.on('error', (error: Error) => {
      refusal = error;
      if (isOpen) tell(PerduraError.from(error, 'STORE_UNAVAILABLE', 'the connection is lost'));
    });
    return client;
  };
  const requests = open('requests', { ...REQUESTS, reconnectOnError: isReadOnly });
  const work = open('work', { ...PATIENT, reconnectOnError: (error) => isReadOnly(error) && 2 });
  const hints = open('hints', { ...PATIENT, autoResubscribe: false });
  try {
    await requests.connect().catch((error: unknown) => {
      // A process that starts is busy: when it comes to look, the time may be over for what stands already.
      if ((refusal as NodeJS.ErrnoException | undefined)?.code !== 'ETIMEDOUT') throw error;
      return requests.connect();
    });
    isOpen = true;
  } catch (error) {
    for (const client of [requests, work, hints]) client.disconnect();
    // That of the connection says why; what a caller is told is that there is none.
    const { message } = refusal ?? (error as Error);
    throw PerduraError.from(refusal ?? error, 'STORE_UNAVAILABLE', `it did not accept a connection: ${message}`);
  }
  return {
    requests,
    work,
    hints,
    close: async () => void (await Promise.all([requests, work, hints].map(leave))),
  };
}

/**
 * What one turn of the event loop has to say leaves in one write. ioredis' own pipelines hold the next one back until
 * the one before is answered, so that a single call would wait longer.
 */
export function inOneWrite(client: Redis): Redis {
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    const socket = client.stream;
    if (socket && !socket.destroyed && socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return send(command, stream);
  };
  return client;
}

// What was sent is let through, but a Redis that is away keeps nobody from stopping.
async function leave(client: Redis): Promise<void> {
  if (client.status === 'ready') {
    await atMost(
      CLOSE_LIMIT,
      client.quit().catch(() => undefined),
    );
  }
  // Between two tries there is nobody to tell what waits in its queue: a last try does, which is given up at once.
  if (client.status === 'reconnecting') client.connect().catch(() => undefined);
  client.disconnect();
}
