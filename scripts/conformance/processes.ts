import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that runs beside this one. */
export interface Started {
  /** Resolves with its exit code, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** Asks it to end, and ends it if it does not. */
  stop(): Promise<void>;
}

const PATIENCE = 10_000;

// Whatever ends this process leaves none of them behind.
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts a program with this Node or another one; every line that it writes goes to `onLine`. */
export function start(node: string, args: readonly string[], onLine: (line: string) => void): Started {
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  // 'close' comes when everything that it wrote has been read.
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const forget = (): void => void running.delete(child);
  ended.then(forget, forget);
  return {
    ended,
    async stop() {
      child.kill('SIGTERM');
      const impatient = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
      await ended.finally(() => clearTimeout(impatient));
    },
  };
}
