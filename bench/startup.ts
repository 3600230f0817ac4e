import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { medianRow, type Row } from './row.js';

const SUBJECTS = ['perdura', 'sdk-v2', 'bare'] as const;
const ROUNDS = 9;

/** From the start of a stdio server with ten tools to its answer to `tools/list`; the subjects take turns. */
export async function startup(log: (line: string) => void): Promise<Row[]> {
  const rounds = new Map<string, Row[]>();
  for (let round = 0; round <= ROUNDS; round++) {
    for (const subject of SUBJECTS) {
      const { ms, cpuUs, rssMb } = await start(subject);
      if (round === 0) continue; // fills the disk cache
      log(`round ${round}/${ROUNDS}  ${subject}: ${ms.toFixed(0)} ms`);
      const row: Row = {
        bench: 'startup',
        case: 'stdio tools/list',
        subject,
        revision: '2025-11-25',
        concurrency: 1,
        opsPerSecond: 1000 / ms,
        p50Ms: ms,
        p99Ms: ms,
        cpuUs,
        rssMb,
      };
      rounds.set(subject, [...(rounds.get(subject) ?? []), row]);
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

async function start(subject: string): Promise<{ ms: number; cpuUs: number; rssMb: number }> {
  const script = fileURLToPath(new URL(`./subjects/${subject}-stdio.js`, import.meta.url));
  const began = performance.now();
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'] });
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
    if (result.tools.length !== 10) throw new Error(`${subject} listed ${result.tools.length} tools instead of 10.`);
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
