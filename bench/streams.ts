import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { startSubject } from './child.js';
import { measure, quiet, startLoad } from './load-process.js';
import { type Ask, headersOf, requestOf } from './requests.js';
import { medianRow, type Row } from './row.js';
import type { Log, Options } from './take-turns.js';

const REVISION = '2026-07-28';
const IDLE = 1_000;
const DEAF = 200;
const CONCURRENCY = 16;
const SECONDS = 2;
const ROUNDS = 3;
/** What the sockets of both sides hold is full by then, and the server's own buffers too. */
const FILLED_AFTER = 12_000;

const ADD: Ask = { method: 'tools/call', params: { name: 'add' }, proof: '"42"' };
const CHATTER: Ask = { method: 'tools/call', params: { name: 'chatter' }, proof: '', logs: true };
const LISTEN: Ask = {
  method: 'subscriptions/listen',
  params: { notifications: { toolsListChanged: true } },
  proof: '',
};

/** The situations that the goals compare. */
export const ALONE = 'tools/call, no streams';
export const AMONG_DEAF = `tools/call, ${DEAF} clients that do not read`;
export const QUIET = `${IDLE} idle streams`;

/** What open streams cost: those that are quiet, and those whose clients do not read while others call. */
export async function streams(log: Log, { quick }: Options): Promise<Row[]> {
  const load = startLoad();
  const subject = await startSubject('perdura-streams');
  const open: IncomingMessage[] = [];
  const start = async (count: number, ask: Ask): Promise<void> => {
    // A few at a time: the system's queue of new connections is short.
    for (let opened = 0; opened < count; opened += 50) {
      await Promise.all(Array.from({ length: Math.min(50, count - opened) }, async () => open.push(await stream(ask))));
    }
  };
  const stream = async (ask: Ask): Promise<IncomingMessage> => {
    const outgoing = request(subject.url, { method: 'POST', headers: headersOf(REVISION, ask), agent: false });
    outgoing.on('error', () => undefined).end(JSON.stringify(requestOf(REVISION, ask)));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return incoming.on('error', () => undefined);
  };
  const burst = async (name: string, seconds = quick ? 0.2 : SECONDS): Promise<Row> => {
    const found = await measure(load, subject, REVISION, ADD, CONCURRENCY, seconds);
    const { opsPerSecond, p99Ms, rssMb } = found;
    log(`streams  ${name}: ${Math.round(opsPerSecond)}/s, p99 ${p99Ms.toFixed(1)} ms, RSS ${Math.round(rssMb)} MiB`);
    return { ...row(name), concurrency: CONCURRENCY, ...found };
  };

  try {
    await burst('warm-up');
    const first = await burst(ALONE);

    const before = await subject.usage();
    await start(IDLE, LISTEN);
    const { rssMb } = await subject.usage();
    const kibPerStream = ((rssMb - before.rssMb) * 1024) / IDLE;
    log(`streams  ${QUIET}: ${kibPerStream.toFixed(1)} KiB each`);
    const idle = { ...row(QUIET), rssMb, kibPerStream };
    for (const incoming of open.splice(0)) incoming.destroy();

    // With and without them in turns, in one server: what the machine does meanwhile falls on both.
    const [among, alone]: [Row[], Row[]] = [[], []];
    for (let round = quick ? ROUNDS : 1; round <= ROUNDS; round++) {
      // A response that nobody reads is paused from the start.
      await start(DEAF, CHATTER);
      await new Promise((resolve) => setTimeout(resolve, quick ? 500 : FILLED_AFTER));
      among.push(await burst(AMONG_DEAF));
      for (const incoming of open.splice(0)) incoming.destroy();
      await quiet(subject);
      alone.push(await burst(ALONE));
    }
    // Memory is that of the first time: later on there is also what earlier rounds left to be collected.
    return [{ ...medianRow(alone), rssMb: first.rssMb }, idle, { ...medianRow(among), rssMb: among[0]?.rssMb ?? NaN }];
  } finally {
    for (const incoming of open) incoming.destroy();
    await load.stop();
    await subject.stop();
  }
}

const row = (name: string): Row => ({
  ...{ bench: 'streams', case: name, subject: 'perdura', revision: REVISION },
  ...{ concurrency: 0, opsPerSecond: 0, p50Ms: 0, p99Ms: 0, cpuUs: 0, rssMb: 0 },
});
