import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { message, startSubject, type Subject } from './child.js';
import type { Found, Load } from './load.js';
import { medianRow, type Row } from './row.js';

const SUBJECTS = ['perdura', 'sdk-v2', 'bare'] as const;
const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
const CONCURRENCIES = [16, 64] as const;
const ROUNDS = 3;
const SECONDS = 3;

/** `tools/call` of a tool that adds two numbers, over HTTP; the subjects take turns within each round. */
export async function http(log: (line: string) => void): Promise<Row[]> {
  const generator = fork(fileURLToPath(new URL('./load.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const burst = (load: Load): Promise<Found> => {
    generator.send(load);
    return message(generator) as Promise<Found>;
  };

  const subjects = new Map<string, Subject>();
  const rounds = new Map<string, Row[]>();
  try {
    for (const name of SUBJECTS) subjects.set(name, await startSubject(`${name}-http`));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const revision of REVISIONS) {
        for (const concurrency of CONCURRENCIES) {
          for (const [name, subject] of subjects) {
            // Round 0 warms every path up and is not counted.
            const seconds = round === 0 ? 1 : SECONDS;
            const request = await prepare(subject.url, revision);
            const before = await subject.usage();
            const found = await burst({ ...request, url: subject.url, concurrency, seconds });
            const after = await subject.usage();
            if (round === 0) continue;
            const row: Row = {
              bench: 'http',
              case: 'tools/call',
              subject: name,
              revision,
              concurrency,
              opsPerSecond: found.opsPerSecond,
              p50Ms: found.p50Ms,
              p99Ms: found.p99Ms,
              cpuUs: (after.cpuUs - before.cpuUs) / found.completed,
              rssMb: after.rssMb,
            };
            log(
              `round ${round}/${ROUNDS}  ${revision}  c${concurrency}  ${name}: ${Math.round(row.opsPerSecond)} calls/s`,
            );
            const key = `${revision} ${concurrency} ${name}`;
            rounds.set(key, [...(rounds.get(key) ?? []), row]);
          }
        }
      }
    }
  } finally {
    generator.kill('SIGKILL');
    for (const subject of subjects.values()) await subject.stop();
  }
  return [...rounds.values()].map(medianRow);
}

/** The request that every connection repeats; on 2025-11-25 a session is opened first where the server keeps them. */
async function prepare(url: string, revision: (typeof REVISIONS)[number]): Promise<Pick<Load, 'headers' | 'body'>> {
  const common = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const call = { name: 'add', arguments: { a: 2, b: 40 } };
  if (revision === '2026-07-28') {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': revision,
      'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    return {
      headers: { ...common, 'mcp-protocol-version': revision, 'mcp-method': 'tools/call', 'mcp-name': 'add' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { ...call, _meta } }),
    };
  }
  const params = { protocolVersion: revision, capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } };
  const hello = await fetch(url, {
    method: 'POST',
    headers: common,
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params }),
  });
  await hello.text();
  const session = hello.headers.get('mcp-session-id');
  return {
    headers: { ...common, 'mcp-protocol-version': revision, ...(session !== null && { 'mcp-session-id': session }) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call }),
  };
}
