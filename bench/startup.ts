import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { end, startStdio, type Usage, usageOf } from './child.js';
import { HELLO, INITIALIZED, list, requestOf } from './requests.js';
import { medianRow, type Row } from './row.js';
import type { Log, Options } from './take-turns.js';

/**
 * Both frameworks' tools are declared with zod, so that what differs is the framework. The second case has Perdura's own
 * declared with class-validator, whose import is what it costs more: there is no such server with the SDK.
 */
const SUBJECTS = [
  { subject: 'perdura', script: 'perdura-stdio', case: 'stdio tools/list' },
  { subject: 'sdk-v2', script: 'sdk-v2-stdio', case: 'stdio tools/list' },
  { subject: 'sdk-v1', script: 'sdk-v1-stdio', case: 'stdio tools/list' },
  { subject: 'bare', script: 'bare-stdio', case: 'stdio tools/list' },
  { subject: 'perdura', script: 'perdura-stdio-class-validator', case: 'stdio tools/list, class-validator' },
] as const;
const ROUNDS = 9;
const TOOLS = 10;

/** From the start of a stdio server with ten tools to its answer to `tools/list`; the subjects take turns. */
export async function startup(log: Log, { quick }: Options): Promise<Row[]> {
  const count = quick ? 1 : ROUNDS;
  const rounds = new Map<string, Row[]>();
  for (let round = 0; round <= count; round++) {
    for (const { subject, script, case: name } of SUBJECTS) {
      const { ms, cpuUs, rssMb } = await start(script);
      if (round === 0) continue; // fills the disk cache
      log(`startup  round ${round}/${count}  ${script}: ${ms.toFixed(0)} ms`);
      const row: Row = {
        bench: 'startup',
        case: name,
        subject,
        revision: '2025-11-25',
        concurrency: 1,
        opsPerSecond: 1000 / ms,
        p50Ms: ms,
        p99Ms: ms,
        cpuUs,
        rssMb,
      };
      rounds.set(script, [...(rounds.get(script) ?? []), row]);
    }
  }
  return [...rounds.values()].map((rows) => {
    const slowest = Math.max(...rows.map((row) => row.p50Ms));
    return {
      ...medianRow(rows),
      opsPerSecond: Math.round(10_000 / medianRow(rows).p50Ms) / 10,
      p99Ms: Math.round(slowest * 100) / 100,
    };
  });
}

async function start(name: string): Promise<Usage & { readonly ms: number }> {
  const began = performance.now();
  const child = startStdio(name, String(TOOLS));
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('The server has no pipes.');
  const lines = createInterface({ input: stdout });
  const next = async (): Promise<unknown> => JSON.parse(((await once(lines, 'line')) as [string])[0]);
  const send = (message: object): boolean => stdin.write(`${JSON.stringify(message)}\n`);
  try {
    const hello = next();
    send(HELLO);
    await hello;
    const answer = next();
    send(INITIALIZED);
    send(requestOf('2025-11-25', list(TOOLS)));
    const { result } = (await answer) as { result: { tools: unknown[] } };
    const ms = performance.now() - began;
    if (result.tools.length !== TOOLS) throw new Error(`${name} listed ${result.tools.length} tools, not ${TOOLS}.`);
    return { ms, ...(await usageOf(child)) };
  } finally {
    await end(child);
  }
}
