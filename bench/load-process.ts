import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { end, message, type Subject } from './child.js';
import { CORES, keepOn } from './cores.js';
import type { Found, Load } from './load.js';
import { type Ask, headersOf, HELLO, INITIALIZED, requestOf, type Revision } from './requests.js';
import type { Lane } from './take-turns.js';

/** The process that makes load over HTTP, one burst at a time. */
export interface LoadProcess {
  burst(load: Load): Promise<Found>;
  stop(): Promise<void>;
}

export function startLoad(): LoadProcess {
  const child = fork(fileURLToPath(new URL('./load.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  keepOn(CORES.load, child.pid);
  return {
    burst(load) {
      child.send(load);
      return message(child) as Promise<Found>;
    },
    stop: () => end(child),
  };
}

/** One burst of the same request, after it was shown to be answered as it should be. */
export async function measure(
  load: LoadProcess,
  subject: Subject,
  revision: Revision,
  ask: Ask,
  concurrency: number,
  seconds: number,
): ReturnType<Lane['burst']> {
  const { url } = subject;
  const headers = { ...headersOf(revision, ask), ...(revision === '2025-11-25' && (await openSession(url))) };
  const body = JSON.stringify(requestOf(revision, ask));
  const answered = await (await fetch(url, { method: 'POST', headers, body })).text();
  if (!answered.includes(ask.proof)) {
    throw new Error(`${url} answered ${ask.method} of ${revision} with ${answered.slice(0, 300)}`);
  }
  const before = await subject.usage();
  const { completed, ...rates } = await load.burst({ url, headers, body, concurrency, seconds });
  const { cpuUs, rssMb } = await subject.usage();
  await quiet(subject);
  return { ...rates, cpuUs: (cpuUs - before.cpuUs) / completed, rssMb };
}

/** A slow server still works on what the burst left behind; that must not fall on whose turn is next. */
export async function quiet(subject: Subject): Promise<void> {
  for (let looks = 0; looks < 200; looks++) {
    const before = await subject.usage();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const after = await subject.usage();
    if (after.cpuUs - before.cpuUs < 3_000) return;
  }
}

/** Begins a session of 2025-11-25; not every server gives it an id. */
async function openSession(url: string): Promise<Record<string, string>> {
  const headers = headersOf('2025-11-25', { ...HELLO, proof: '' });
  const hello = await fetch(url, { method: 'POST', headers, body: JSON.stringify(HELLO) });
  await hello.text();
  const id = hello.headers.get('mcp-session-id');
  const session: Record<string, string> = id === null ? {} : { 'mcp-session-id': id };
  const ready = { method: 'POST', headers: { ...headers, ...session }, body: JSON.stringify(INITIALIZED) };
  await (await fetch(url, ready)).text();
  return session;
}
