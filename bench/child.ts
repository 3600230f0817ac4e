import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CORES, keepOn } from './cores.js';
import { tellUsage } from './subjects/usage.js';

/** What a server under measurement tells of itself. */
export interface Usage {
  readonly cpuUs: number;
  readonly rssMb: number;
}

/** A server in a process of its own, on a port that the system chose. */
export interface Subject {
  readonly url: string;
  /** A task that is at work for as long as the server runs, where it was made to have one. */
  readonly taskId?: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts `<name>.js` of `bench/subjects` or `bench/peers` and waits until it listens. */
export async function startSubject(name: string, ...args: string[]): Promise<Subject> {
  const child = fork(programOf(name), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  keepOn(CORES.server, child.pid);
  const { url, taskId } = (await message(child)) as Pick<Subject, 'url' | 'taskId'>;
  return {
    url,
    ...(taskId !== undefined && { taskId }),
    usage: () => usageOf(child),
    stop: () => end(child),
  };
}

/** Starts one that speaks over its standard input and output. */
export function startStdio(name: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [programOf(name), ...args], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
}

/** Peers are plain programs beside their own packages; the rest is compiled with the benchmark. */
function programOf(name: string): string {
  const own = fileURLToPath(new URL(`./subjects/${name}.js`, import.meta.url));
  return existsSync(own) ? own : fileURLToPath(new URL(`../../bench/peers/${name}.js`, import.meta.url));
}

export async function usageOf(child: ChildProcess): Promise<Usage> {
  const answer = message(child);
  child.send('usage');
  return (await answer) as Usage;
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** What a subject calls once it listens. */
export function listening(url: string, taskId?: string): void {
  tellUsage();
  process.send?.({ url, taskId });
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
