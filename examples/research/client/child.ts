import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How to start a program. */
export interface Command {
  readonly command: string;
  readonly args: string[];
  readonly cwd: string;
}

/** A program that runs beside the demo. */
export interface Child {
  readonly pid: number | undefined;
  /** Resolves with the line on stdout that says that it is ready; rejects if it ends before. */
  readonly ready: Promise<string>;
  /** Resolves with its last words on stderr when it has ended. */
  readonly gone: Promise<string>;
  /** Ends it at once, as a crash would. */
  kill(): void;
  /** Asks it to end, and ends it if it does not. */
  stop(): Promise<void>;
}

const PATIENCE = 3_000;

// Whatever ends this process must leave none of them behind.
const running = new Set<() => void>();
process.once('exit', () => running.forEach((kill) => kill()));

/** Starts a program. What it writes to stderr goes to `onLine`; it is ready with the first line on stdout that `says` so. */
export function startChild(
  { command, args, cwd }: Command,
  onLine: (line: string) => void,
  says: (line: string) => boolean = () => true,
): Child {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => void child.kill('SIGKILL');
  running.add(kill);
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    onLine(line);
  });
  // Rejects with the event 'error': a program that could not be started.
  const gone = once(child, 'exit')
    .then(() => last)
    .finally(() => running.delete(kill));
  const ready = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (says(line)) resolve(line);
    });
    gone.then(
      (words) => reject(new Error(`A process stopped with code ${child.exitCode} before it was ready: ${words}`)),
      reject,
    );
  });
  ready.catch(() => undefined);
  return {
    pid: child.pid,
    ready,
    gone,
    kill,
    async stop() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const impatient = setTimeout(kill, PATIENCE);
      await gone;
      clearTimeout(impatient);
    },
  };
}
