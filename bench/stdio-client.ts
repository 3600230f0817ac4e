import type { ChildProcess } from 'node:child_process';
import { end, startStdio, type Usage, usageOf } from './child.js';
import { CORES, keepOn } from './cores.js';
import { rates, type Rates } from './rates.js';
import { type Ask, HELLO, INITIALIZED, requestOf, type Revision } from './requests.js';

/** A server over stdio, and the client that drives it. */
export interface StdioSubject {
  /** Asks so many at a time for so long. */
  burst(ask: Ask, concurrency: number, seconds: number): Promise<Rates & { readonly completed: number }>;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts `<name>.js` and, where the revision has sessions, begins one. */
export async function connectStdio(name: string, revision: Revision): Promise<StdioSubject> {
  const child = startStdio(name);
  keepOn(CORES.server, child.pid);
  const client = new StdioClient(child);
  if (revision === '2025-11-25') {
    await client.ask(HELLO.id, HELLO);
    client.send(INITIALIZED);
  }
  let id = 1;
  return {
    async burst(ask, concurrency, seconds) {
      // Written once but for the id: the client must not be what is measured.
      const [head, tail] = JSON.stringify(requestOf(revision, ask, 0)).split('"id":0,') as [string, string];
      const latencies: number[] = [];
      const began = performance.now();
      const until = began + seconds * 1000;
      let ended = began;
      const lane = async (): Promise<void> => {
        do {
          const mine = ++id;
          const from = performance.now();
          const line = await client.write(mine, `${head}"id":${mine},${tail}\n`);
          ended = performance.now();
          latencies.push(ended - from);
          if (!line.includes(ask.proof)) throw new Error(`${name} answered ${ask.method} with ${line.slice(0, 300)}`);
        } while (ended < until);
      };
      await Promise.all(Array.from({ length: concurrency }, lane));
      return { ...rates(latencies, ended - began), completed: latencies.length };
    },
    usage: () => usageOf(child),
    stop: () => end(child),
  };
}

class StdioClient {
  readonly #waiting = new Map<number, (line: string) => void>();
  readonly #child: ChildProcess;
  #rest = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (this.#rest + chunk).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#arrived(line);
    });
  }

  ask(id: number, message: object): Promise<string> {
    return this.write(id, `${JSON.stringify(message)}\n`);
  }

  send(message: object): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  write(id: number, line: string): Promise<string> {
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#child.stdin?.write(line);
    });
  }

  #arrived(line: string): void {
    const { id } = JSON.parse(line) as { readonly id?: number };
    if (id === undefined) return;
    this.#waiting.get(id)?.(line);
    this.#waiting.delete(id);
  }
}
