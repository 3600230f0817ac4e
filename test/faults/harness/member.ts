import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../../../framework/server/assembly/create-app.js';
import { type HttpServer, serveHttp } from '../../../framework/server/http/serve-http.js';
import { startWorker } from '../../../framework/server/start-worker.js';
import type { Json } from '../../../framework/spec.js';
import { type CallFault, failCall } from './failing-calls.js';
import { type EngineTimes, openEngine, TASKS } from './open-engine.js';
import type { CrashPoint } from './store-watch.js';
import { shiftClock } from './shifted-clock.js';

/** What a member is asked to do, by the name of one of {@link METHODS}. */
export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly params: readonly unknown[];
}

export type Method = keyof typeof METHODS;

/** What a task is created with beside its arguments. */
export interface Creation {
  readonly ttl?: number;
  /** Stays the same where the same tasks are asked for again. Default: each time others. */
  readonly key?: string;
}

const OWNER = { owner: 'alice', scopes: [] };
const { REDIS_URL = '', TIMES = '', ROLE = '' } = process.env;
const engine = await openEngine(REDIS_URL, JSON.parse(TIMES) as EngineTimes);
let web: Promise<HttpServer> | undefined;

const METHODS = {
  create: (tool: string, args: Json, count: number, creation: Creation = {}) =>
    Promise.all(Array.from({ length: count }, (_, at) => create(tool, args, at, creation))),
  get: (taskId: string) => engine.tasks.get(OWNER.owner, taskId),
  cancel: (taskId: string) => engine.tasks.cancel(OWNER.owner, taskId),
  answer: (taskId: string, answers: Readonly<Record<string, Json>>) =>
    engine.tasks.answer(OWNER.owner, taskId, answers),
  /** Answers every question that the tasks ask, twice at once and within `delay` ms. */
  answerAll: (taskIds: readonly string[], delay: number) => Promise.resolve(taskIds.forEach((id) => attend(id, delay))),
  refused: () => Promise.resolve(engine.watch.refused),
  writes: () => Promise.resolve(engine.watch.writes),
  crashAt: (point: CrashPoint) => Promise.resolve(void (engine.watch.crashPoint = point)),
  shiftClock: (ms: number) => Promise.resolve(shiftClock(ms)),
  failCall: (fault?: CallFault) => Promise.resolve(failCall(fault)),
  memory: () => Promise.resolve(process.memoryUsage.rss()),
  connections: () =>
    Promise.resolve(process.getActiveResourcesInfo().filter((resource) => resource === 'TCPSocketWrap').length),
  /** Serves the same tasks as a server in production does; tells its port. */
  serve: async () => (await (web ??= serve())).port,
  work: () => work(),
} as const;

// The end of the crew's own process must not leave members behind.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
if (ROLE === 'worker') await work();
process.on('message', (request: Request) => void reply(request));
process.send?.({ ready: true });

async function work(): Promise<void> {
  await startWorker({
    tasks: engine.tasks,
    close: () => engine.tasks.close(),
    report: (error, reference) => process.stderr.write(`${reference}: ${String(error)}\n`),
  });
}

async function serve(): Promise<HttpServer> {
  const report = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
  // One owner calls for all: what would be thousands of callers must not meet the limit of one.
  const rate = { calls: { perSecond: 100_000 }, tasks: { perSecond: 100_000 } };
  const app = await createApp({
    name: 'faults',
    version: '1',
    use: TASKS,
    tasks: { redis: REDIS_URL },
    limits: { rate },
    report,
  });
  const server = await serveHttp(app, { port: 0, authenticate: () => OWNER, sessions: { perOwner: 10_000 } });
  process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
  return server;
}

async function reply({ id, method, params }: Request): Promise<void> {
  const from = performance.now();
  // The crew sends what the method takes.
  const call = METHODS[method] as (...params: readonly unknown[]) => Promise<unknown>;
  const result = await call(...params).then(
    (value) => ({ value }),
    (error: unknown) => ({ error: String(error), retryAfter: (error as { retryAfter?: number }).retryAfter }),
  );
  process.send?.({ id, ...result, took: performance.now() - from });
}

async function create(tool: string, args: Json, at: number, { ttl, key = randomUUID() }: Creation): Promise<string> {
  const entry = engine.catalog.tools.get(tool);
  if (!entry) throw new Error(`no task ${tool}`);
  const client = { capabilities: { elicitation: { form: {} } } };
  const request = {
    entry,
    args,
    principal: OWNER,
    client,
    revision: '2026-07-28',
    idempotencyKey: `${key}.${at}`,
    ...(ttl !== undefined && { ttl }),
  } as const;
  const created = await engine.tasks.create(request);
  if (!created.ok) throw new Error(created.reason);
  return created.value.taskId;
}

function attend(taskId: string, delay: number): void {
  const seen = new Set<string>();
  engine.tasks.watch(OWNER.owner, taskId, ({ open }) => {
    for (const key of Object.keys(open)) {
      if (seen.has(key)) continue;
      seen.add(key);
      for (const word of ['left', 'right']) void answerSoon(taskId, key, word, delay * Math.random());
    }
  });
}

async function answerSoon(taskId: string, key: string, word: string, delay: number): Promise<void> {
  await sleep(delay);
  for (;;) {
    const answering = engine.tasks.answer(OWNER.owner, taskId, { [key]: { action: 'accept', content: { word } } });
    // A client that is told to try again does: nobody else would answer.
    const retryAfter = await answering.then(
      () => undefined,
      (error: { readonly retryAfter?: number }) => error.retryAfter ?? Promise.reject(error as unknown as Error),
    );
    if (retryAfter === undefined) return;
    await sleep(1000 * retryAfter);
  }
}
