import { IsBoolean, IsInt, IsString } from 'class-validator';
import { type App, createApp, Task, type TaskContext, type TaskEngineOptions } from 'perdura';
import { startWorker } from 'perdura/worker';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { accept, ALICE, type Fields, RawClient2025, RawClient2026, textOf } from '../spec/raw-client.js';

class Label {
  @IsString() label!: string;
}
class Size {
  @IsInt() bytes!: number;
}
class Approval {
  @IsBoolean() approved!: boolean;
}

const log: string[] = [];
const releases = new Map<string, () => void>();
const held = (label: string): Promise<void> => new Promise((resolve) => releases.set(label, resolve));
const release = (label: string): void => {
  releases.get(label)?.();
  releases.delete(label);
};
const about = { description: 'Shows what an option does.' };
let question = 'Before?';

class Options {
  @Task({ ...about, name: 'single', input: Label, concurrency: 1 })
  single({ label }: Label) {
    log.push(label);
    return held(label);
  }

  @Task({ ...about, name: 'urgent', input: Label, priority: 1 })
  urgent({ label }: Label) {
    log.push(label);
    return held(label);
  }

  @Task({ ...about, name: 'books', input: Label, queue: 'books' })
  books({ label }: Label) {
    log.push(label);
  }

  @Task({ ...about, name: 'again', attempts: 3, backoff: [7, 9] })
  async again(_: object, ctx: TaskContext) {
    await ctx.step('once', () => void log.push('once'));
    log.push(`attempt ${ctx.attempt}`);
    if (ctx.attempt < 3) throw new Error('secret');
    return 'done';
  }

  @Task({ ...about, name: 'slow', timeout: 50 })
  slow(_: object, ctx: TaskContext) {
    return new Promise<void>((resolve) => ctx.signal.addEventListener('abort', () => resolve()));
  }

  @Task({ ...about, name: 'slow_step', stepTimeout: 20 })
  async slowStep(_: object, ctx: TaskContext) {
    return ctx.step('slow', () => new Promise<string>(() => undefined)).catch((error: Error) => error.message);
  }

  @Task({ ...about, name: 'short', ttl: 300 })
  short() {
    return held('short');
  }

  @Task({ ...about, name: 'kept', ttl: '10s', resultTtl: '10m' })
  kept() {
    return 'kept';
  }

  @Task({ ...about, name: 'parks', hold: 0 })
  async parks(_: object, ctx: TaskContext) {
    log.push('begun');
    await ctx.elicit('Go on?', Approval);
    return 'went on';
  }

  @Task({ ...about, name: 'holds', hold: '10m' })
  async holds(_: object, ctx: TaskContext) {
    log.push('begun');
    await ctx.elicit('Go on?', Approval);
    return 'went on';
  }

  @Task({ ...about, name: 'once', input: Label, idempotencyKey: ({ label }) => label.toLowerCase() })
  once({ label }: Label) {
    return label;
  }

  @Task({ ...about, name: 'fails', hold: 0 })
  fails(_: object, ctx: TaskContext) {
    return this.asks(ctx);
  }

  @Task({ ...about, name: 'continues', hold: 0, onChange: 'continue' })
  continues(_: object, ctx: TaskContext) {
    return this.asks(ctx);
  }

  @Task({ ...about, name: 'large', input: Size })
  large({ bytes }: Size) {
    return 'x'.repeat(bytes);
  }

  @Task({ ...about, name: 'asks_much', input: Size })
  async asksMuch({ bytes }: Size, ctx: TaskContext) {
    return ctx.elicit('x'.repeat(bytes), Approval);
  }

  private async asks(ctx: TaskContext): Promise<string> {
    const first = await ctx.elicit(question, Approval);
    const second = await ctx.elicit('And then?', Approval);
    return `${first.approved} ${second.approved}`;
  }
}

let redis: RedisServer;
beforeAll(async () => void (redis = await RedisServer.start()));
afterAll(() => redis.stop());

let apps = 0;
const places: Readonly<Record<string, () => TaskEngineOptions>> = {
  memory: () => ({}),
  'Redis and BullMQ': () => ({ redis: { url: redis.url, prefix: `options-${++apps}` }, work: 'here' }),
};

describe.each(Object.keys(places))('@Task in %s', (place) => {
  const opened: App[] = [];
  const open = async (tasks: TaskEngineOptions = {}, limits = {}): Promise<RawClient2026> => {
    const app = await createApp({
      ...{ name: 'options', version: '1.0.0', use: [Options], limits, report: () => undefined },
      tasks: { ...places[place]?.(), ...tasks },
    });
    opened.push(app);
    return new RawClient2026(app, { principal: ALICE });
  };
  beforeEach(() => {
    log.length = 0;
    question = 'Before?';
  });
  afterEach(async () => {
    const closing = opened.splice(0).map((app) => app.close());
    for (const label of [...releases.keys()]) release(label);
    await Promise.all(closing);
  });

  const call = async (client: RawClient2026, name: string, args: Fields = {}): Promise<Fields> =>
    (await client.request('tools/call', { name, arguments: args })).result as Fields;
  const start = async (client: RawClient2026, name: string, args: Fields = {}): Promise<string> =>
    (await call(client, name, args))['taskId'] as string;
  const get = async (client: RawClient2026, taskId: string) => (await client.request('tasks/get', { taskId })).result;
  const ended = async (client: RawClient2026, taskId: string) => {
    await until(async () => !['working', 'input_required'].includes((await get(client, taskId)).status));
    return get(client, taskId);
  };
  const textOfEnd = async (client: RawClient2026, taskId: string): Promise<string> =>
    textOf({ result: (await ended(client, taskId)).result } as never);
  const approve = async (client: RawClient2026, taskId: string, message: string): Promise<void> => {
    const asked = async (): Promise<Fields> => ((await get(client, taskId)).inputRequests ?? {}) as Fields;
    await until(async () => JSON.stringify(await asked()).includes(message));
    const [key] = Object.keys(await asked()) as [string];
    await client.request('tasks/update', { taskId, inputResponses: { [key]: accept({ approved: true }) } });
  };

  it('concurrency: runs no more of a task at a time in a process', async () => {
    const client = await open();
    for (const label of ['a', 'b']) await start(client, 'single', { label });
    await start(client, 'urgent', { label: 'other' });
    await until(() => log.includes('other'));
    expect(log.filter((label) => label !== 'other')).toEqual(['a']);
    release('a');
    await until(() => log.includes('b'));
  });

  it('priority: starts what is more urgent first', async () => {
    const client = await open(place === 'memory' ? {} : { work: 'elsewhere' });
    await startWorker(client.app, { queues: [], signals: false });
    await start(client, 'single', { label: 'later' });
    await start(client, 'urgent', { label: 'urgent' });
    await startWorker(client.app, { concurrency: 1, signals: false });
    await until(() => log.length === 1);
    release('urgent');
    await until(() => log.length === 2);
    expect(log).toEqual(['urgent', 'later']);
  });

  it('queue: leaves a task to a worker that names it', async () => {
    const client = await open();
    const worker = await startWorker(client.app, { queues: ['default'], signals: false });
    await start(client, 'books', { label: 'books' });
    await start(client, 'urgent', { label: 'urgent' });
    await until(() => log.length === 1);
    expect(log).toEqual(['urgent']);
    await startWorker(client.app, { queues: ['books'], signals: false });
    await until(() => log.includes('books'));
    const closing = worker.close();
    release('urgent');
    await closing;
  });

  it('attempts, backoff: tries again, after the waits it was given', async () => {
    const client = await open();
    const told = new Set<string>();
    const taskId = await start(client, 'again');
    client.app.tasks.watch(ALICE.owner, taskId, ({ statusMessage }) => statusMessage && told.add(statusMessage));
    expect(await textOfEnd(client, taskId)).toBe('done');
    expect(log).toEqual(['once', 'attempt 1', 'attempt 2', 'attempt 3']);
    for (const message of told) expect(message).toMatch(/Attempt (1 of 3 failed; .* 7|2 of 3 failed; .* 9) ms/);
  });

  it('timeout: ends what runs longer', async () => {
    const client = await open();
    expect((await ended(client, await start(client, 'slow'))).error.message).toMatch(
      /longer than its timeout of 50 ms/,
    );
  });

  it('stepTimeout: ends a step that runs longer', async () => {
    const client = await open();
    expect(await textOfEnd(client, await start(client, 'slow_step'))).toMatch(/"slow#1" ran longer than 20 ms/);
  });

  it('ttl: ends what has not ended by then', async () => {
    const client = await open();
    const result = await call(client, 'short');
    expect(result['ttlMs']).toBe(300);
    expect((await ended(client, result['taskId'] as string)).error.message).toMatch(/within its ttl of 300 ms/);
  });

  it('resultTtl: lengthens the ttl at the end', async () => {
    const client = await open();
    const result = await call(client, 'kept');
    expect(result['ttlMs']).toBe(10_000);
    expect((await ended(client, result['taskId'] as string)).ttlMs).toBeGreaterThanOrEqual(600_000);
  });

  it.each([
    ['parks', 2],
    ['holds', 1],
  ])('hold: decides whether a task waits in memory (%s)', async (name, begun) => {
    const client = await open({ hold: '5s' });
    const taskId = await start(client, name);
    const run = async () => (await client.app.tasks.get(ALICE.owner, taskId))?.run;
    if (name === 'parks') await until(async () => (await run()) === 'idle');
    await approve(client, taskId, 'Go on?');
    expect(await textOfEnd(client, taskId)).toBe('went on');
    expect(log).toHaveLength(begun);
  });

  it('idempotencyKey: makes one task of calls with the same key', async () => {
    const client = await open();
    const first = await start(client, 'once', { label: 'A' });
    expect(await start(client, 'once', { label: 'a' })).toBe(first);
    expect(await start(client, 'once', { label: 'b' })).not.toBe(first);
    expect(await textOfEnd(client, first)).toBe('A');
  });

  it('onChange: fails over changed code, or continues', async () => {
    const client = await open();
    const [fails, continues] = [await start(client, 'fails'), await start(client, 'continues')];
    for (const taskId of [fails, continues]) await approve(client, taskId, 'Before?');
    for (const taskId of [fails, continues]) {
      const inbox = async () => JSON.stringify((await get(client, taskId)).inputRequests ?? {});
      await until(async () => (await inbox()).includes('And then?'));
    }
    question = 'After?';
    for (const taskId of [fails, continues]) await approve(client, taskId, 'And then?');
    expect(await textOfEnd(client, fails)).toMatch(/^The step "elicit#1" asks for something else/);
    await approve(client, continues, 'After?');
    expect(await textOfEnd(client, continues)).toBe('true true');
  });

  it.each([
    ['quota', 'quota', { quota: 1 }],
    ['backlog', 'backlog', { backlog: 1 }],
    ['backlogBytes', 'backlog', { backlogBytes: 1 }],
  ])('%s: refuses one task too many, and says when to try again, on both revisions', async (_, reason, tasks) => {
    const client = await open(tasks);
    const old = new RawClient2025(client.app, { principal: ALICE });
    const taskId = await start(client, 'single', { label: 'a' });
    const params = { name: 'once', arguments: { label: 'c' } };
    for (const refused of [
      await client.request('tools/call', params),
      await old.request('tools/call', { ...params, task: {} }),
    ]) {
      expect(refused.error).toMatchObject({ code: -32603, data: { reason, retryAfter: expect.any(Number) } });
      expect(refused.error?.message).toMatch(/too many tasks that have not ended: try again in \d+ seconds/);
    }
    await client.request('tasks/cancel', { taskId });
    expect(await start(client, 'once', { label: 'c' })).toEqual(expect.any(String));
  });

  it('limits.resultBytes: a result that nothing can keep ends the task with an error that names the limit', async () => {
    const client = await open({}, { resultBytes: 8 * 2 ** 20 });
    expect(await textOfEnd(client, await start(client, 'large', { bytes: 100_000 }))).toHaveLength(100_000);
    const { status, error } = await ended(client, await start(client, 'large', { bytes: 5 * 2 ** 20 }));
    // Memory has room for what the result's own limit lets through.
    if (place === 'memory') expect(status).toBe('completed');
    else expect(error.message).toMatch(/^The outcome takes \d+ bytes in the task store; the limit is 4194304; /);
  });

  if (place !== 'memory')
    it('leaves no question behind that nothing can keep', async () => {
      const client = await open();
      const text = await textOfEnd(client, await start(client, 'asks_much', { bytes: 5 * 2 ** 20 }));
      expect(text).toMatch(/^The question "elicit#1" takes \d+ bytes in the task store; the limit is 4194304\. /);
    });
});
