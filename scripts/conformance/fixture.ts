import { RedisServer } from '../../test/fixtures/redis-server.js';
import { start, type Started } from './processes.js';

/** The server under test, in processes of its own. */
export interface Fixture {
  readonly url: string;
  /** What its processes wrote beside their first lines. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

const SERVER = ['--import', '@swc-node/register/esm-register', 'examples/everything/main.ts'];

/** Starts `examples/everything`: one process, or a web and a worker process with a Redis between them. */
export async function startFixture(withRedis: boolean): Promise<Fixture> {
  const ends: (() => Promise<unknown>)[] = [];
  const log: string[] = [];
  const member = async (...args: readonly string[]): Promise<string> => {
    const { started, ready } = launch(args, log);
    ends.unshift(() => started.stop());
    return ready;
  };
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0)) await end();
  };
  try {
    if (!withRedis) return { url: await member(), log, stop };
    const redis = await RedisServer.start();
    ends.push(() => redis.stop());
    const [url] = await Promise.all([
      member('--redis', redis.url, '--role', 'web'),
      member('--redis', redis.url, '--role', 'worker'),
    ]);
    return { url, log, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Resolves with the first line, which says that it is ready. */
function launch(args: readonly string[], log: string[]): { started: Started; ready: Promise<string> } {
  let isReady: (line: string) => void = () => undefined;
  const first = new Promise<string>((resolve) => (isReady = resolve));
  const started = start(process.execPath, [...SERVER, ...args], (line) => {
    if (/^(http:\S+|ready)$/.test(line)) isReady(line);
    else log.push(line);
  });
  const gone = started.ended.then((code): never => {
    throw new Error(`The server ended with code ${code} before it was ready:\n${log.join('\n')}`);
  });
  gone.catch(() => undefined);
  return { started, ready: Promise.race([first, gone]) };
}
