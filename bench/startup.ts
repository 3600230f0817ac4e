import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { medianRow, type Row } from './row.js';

/**
 * Both frameworks' tools are declared with zod, so that what differs is the framework. The second case has Perdura's own
 * declared with class-validator, whose import is what it costs more: there is no such server with the SDK.
 */
const SUBJECTS = [
  { subject: 'perdura', script: 'perdura-stdio', case: 'stdio tools/list' },
  { subject: 'sdk-v2', script: 'sdk-v2-stdio', case: 'stdio tools/list' },
  { subject: 'bare', script: 'bare-stdio', case: 'stdio tools/list' },
  { subject: 'perdura', script: 'perdura-stdio-class-validator', case: 'stdio tools/list, class-validator' },
] as const;
const ROUNDS = 9;

/** From the start of a stdio server with ten tools to its answer to `tools/list`; the subjects take turns. */
export async function startup(log: (line: string) => void): Promise<Row[]> {
  const rounds = new Map<string, Row[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { subject, script, case: name } of SUBJECTS) {
      const { ms, cpuUs, rssMb } = await start(script);
      if (round === 0) continue; // fills the disk cache
      log(`round ${round}/${ROUNDS}  ${script}: ${ms.toFixed(0)} ms`);
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

async function start(name: string): Promise<{ ms: number; cpuUs: number; rssMb: number }> {
  const path = fileURLToPath(new URL(`./subjects/${name}.js`, import.meta.url));
  const began = performance.now();
  const child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('The server has no pipes.');
  const lines = createInterface({ input: stdout });
  const next = async (): Promise<unknown> => JSON.parse(((await once(lines, 'line')) as [string])[0]);
  const send = (message: object): boolean => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  try {
    const hello = next();
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } };
    send({ id: 1, method: 'initialize', params });
    await hello;
    const list = next();
    send({ method: 'notifications/initialized' });
    send({ id: 2, method: 'tools/list', params: {} });
    const { result } = (await list) as { result: { tools: unknown[] } };
    const ms = performance.now() - began;
    if (result.tools.length !== 10) throw new Error(`${name} listed ${result.tools.length} tools instead of 10.`);
    const usage = once(child, 'message');
    child.send('usage');
    const [{ cpuUs, rssMb }] = (await usage) as [{ cpuUs: number; rssMb: number }];
    return { ms, cpuUs, rssMb };
  } finally {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
