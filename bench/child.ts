import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { tellUsage } from './subjects/usage.js';

/** What a server under measurement tells of itself. */
export interface Usage {
  readonly cpuUs: number;
  readonly rssMb: number;
}

/** A server in a process of its own, on a port that the system chose. */
export interface Subject {
  readonly url: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts `bench/subjects/<name>.js` and waits until it listens. */
export async function startSubject(name: string): Promise<Subject> {
  const child = fork(fileURLToPath(new URL(`./subjects/${name}.js`, import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { url } = (await message(child)) as { url: string };
  return {
    url,
    async usage() {
      const answer = message(child);
      child.send('usage');
      return (await answer) as Usage;
    },
    async stop() {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** What a subject calls once it listens. */
export function listening(url: string): void {
  tellUsage();
  process.send?.({ url });
}

/** The next message of a child; rejects if it ends before. */
export function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const arrived = (value: unknown): void => {
      child.off('exit', ended);
      resolve(value);
    };
    const ended = (code: number | null): void => {
      child.off('message', arrived);
      reject(new Error(`${child.spawnargs.join(' ')} ended with ${String(code)} before it answered.`));
    };
    child.once('message', arrived).once('exit', ended);
  });
}
