import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { message, startSubject } from './child.js';
import type { Found, Load } from './load.js';
import type { Row } from './row.js';

const REVISION = '2026-07-28';
const IDLE = 1_000;
const DEAF = 200;
const CONCURRENCY = 16;
const SECONDS = 8;
/** What the sockets of both sides hold is full by then, and the server's own buffers too. */
const FILLED_AFTER = 12_000;

/** What open streams cost: those that are quiet, and those whose clients do not read while others call. */
export async function streams(log: (line: string) => void): Promise<Row[]> {
  const generator = fork(fileURLToPath(new URL('./load.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const subject = await startSubject('perdura-streams');
  const open: IncomingMessage[] = [];
  const start = async (method: string, params: Params): Promise<void> => {
    const { headers, body } = call(method, params);
    const outgoing = request(subject.url, { method: 'POST', headers, agent: false }).on('error', () => undefined);
    outgoing.end(body);
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    open.push(incoming.on('error', () => undefined));
  };
  const burst = async (name: string): Promise<Row> => {
    const before = await subject.usage();
    const load = {
      ...call('tools/call', { name: 'add' }),
      url: subject.url,
      concurrency: CONCURRENCY,
      seconds: SECONDS,
    };
    generator.send(load satisfies Load);
    const { opsPerSecond, completed, p50Ms, p99Ms } = (await message(generator)) as Found;
    const after = await subject.usage();
    const cpuUs = (after.cpuUs - before.cpuUs) / completed;
    log(`${name}: ${Math.round(opsPerSecond)} calls/s, p99 ${p99Ms} ms, RSS ${Math.round(after.rssMb)} MiB`);
    return { ...row(name), concurrency: CONCURRENCY, opsPerSecond, p50Ms, p99Ms, cpuUs, rssMb: after.rssMb };
  };

  try {
    // Warms every path up.
    await burst('warm-up');
    const rows = [await burst('calls, no streams')];
    const quiet = await subject.usage();
    for (let opened = 0; opened < IDLE; opened += 50) {
      await Promise.all(
        Array.from({ length: 50 }, () => start('subscriptions/listen', { notifications: { toolsListChanged: true } })),
      );
    }
    const { rssMb } = await subject.usage();
    const kib = ((rssMb - quiet.rssMb) * 1024) / IDLE;
    log(`${IDLE} idle streams: ${kib.toFixed(1)} KiB each`);
    rows.push({ ...row(`${IDLE} idle streams: ${kib.toFixed(1)} KiB each`), rssMb });
    for (const incoming of open.splice(0)) incoming.destroy();

    for (let opened = 0; opened < DEAF; opened += 50) {
      await Promise.all(Array.from({ length: 50 }, () => start('tools/call', { name: 'chatter' })));
    }
    for (const incoming of open) incoming.pause();
    await new Promise((resolve) => setTimeout(resolve, FILLED_AFTER));
    rows.push(await burst(`calls, ${DEAF} clients that do not read`));
    return rows;
  } finally {
    for (const incoming of open) incoming.destroy();
    generator.kill('SIGKILL');
    await subject.stop();
  }
}

interface Params {
  readonly name?: string;
  readonly notifications?: object;
}

const row = (name: string): Row => ({
  ...{ bench: 'streams', case: name, subject: 'perdura', revision: REVISION },
  ...{ concurrency: 0, opsPerSecond: 0, p50Ms: 0, p99Ms: 0, cpuUs: 0, rssMb: 0 },
});

function call(method: string, params: Params): Pick<Load, 'headers' | 'body'> {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': REVISION,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/logLevel': 'info',
  };
  return {
    headers: {
      ...{ 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      ...{ 'mcp-protocol-version': REVISION, 'mcp-method': method },
      ...(params.name !== undefined && { 'mcp-name': params.name }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  };
}
