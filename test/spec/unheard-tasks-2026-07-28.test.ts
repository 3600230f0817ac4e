import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { type App, createApp, jsonSchema, type Plugin, Task, type TaskContext } from 'perdura';
import { httpHandler } from 'perdura/http';
import { serveStdio } from 'perdura/stdio';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { STATELESS, statelessRequest, WELL_BEHAVED } from '../server/send.js';
import { ALICE, type Fields, META, type Pending, RawClient2026, TASKS } from './raw-client.js';

const made: string[] = [];
let whileMade: () => void;
let whileChecked: () => Promise<void>;

/** An input that takes as long to check as the test wants it to. */
const checked = jsonSchema<Record<string, never>>(
  {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value: unknown) => {
        await whileChecked();
        return { value: value as Record<string, never> };
      },
    },
  },
  { type: 'object', properties: {} },
);

const life = { input: checked, ttl: '1m', pollInterval: 20 } as const;

class Mine {
  @Task({ name: 'dig', description: 'Digs until it is stopped.', ...life })
  dig(_: unknown, ctx: TaskContext): Promise<string> {
    return new Promise((_resolve, reject) => ctx.signal.addEventListener('abort', reject));
  }

  @Task({ name: 'drill', description: 'Drills once.', idempotencyKey: () => 'drill', ...life })
  async drill(_: unknown, ctx: TaskContext): Promise<string> {
    await ctx.sleep('10m');
    return 'drilled';
  }
}

/** Told of a task when it is made, and before its client is. */
const spy: Plugin = {
  name: 'spy',
  setup: (host) =>
    host.onTransition(({ kind, taskId }) => {
      if (kind !== 'created') return;
      made.push(taskId);
      whileMade();
    }),
};

const mine = (redis?: string): Promise<App> =>
  createApp({ name: 'mine', version: '1.0.0', use: [Mine, spy], ...(redis !== undefined && { tasks: { redis } }) });

beforeEach(() => {
  made.length = 0;
  whileMade = () => undefined;
  whileChecked = () => Promise.resolve();
});

describe.each(['memory', 'Redis'] as const)('a call of a task whose client goes, with tasks in %s', (where) => {
  const channel = {};
  let redis: RedisServer | undefined;
  let app: App;
  let client: RawClient2026;
  beforeAll(async () => {
    if (where === 'Redis') redis = await RedisServer.start();
    app = await mine(redis?.url);
    client = new RawClient2026(app, { principal: ALICE });
  });
  afterAll(async () => {
    await app.close();
    await redis?.stop();
  });

  const cancels = ({ id }: Pending): void => {
    const params = { requestId: id };
    app.protocol.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, channel);
  };
  const ways = [
    ['cancels it, as on stdio', cancels, { channel }],
    ['closes its connection, as over HTTP', (call: Pending) => call.hangUp(), { headers: true as const }],
  ] as const;
  const status = async (taskId: string): Promise<unknown> =>
    (await client.request('tasks/get', { taskId })).result.status;

  // Spec: cancel.stops, cancel.frees, cancel.no-response
  it.each(ways)('has its task cancelled with it where the client %s while that is made', async (_, goes, options) => {
    whileMade = () => goes(call);
    const call = client.start('tools/call', { name: 'dig' }, options);
    expect((await call.response).silent).toBe(true);
    expect(await Promise.all(made.map(status))).toEqual(['cancelled']);
  });

  // Spec: cancel.stops, cancel.no-response
  it.each(ways)('makes no task where the client %s before', async (_, goes, options) => {
    let go: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (go = resolve));
    whileChecked = () => opened;
    const call = client.start('tools/call', { name: 'dig' }, options);
    goes(call);
    go();
    expect((await call.response).silent).toBe(true);
    expect(made).toEqual([]);
  });

  // Spec: cancel.races, extension.cancelled-notification
  it.each(ways)('leaves the task alone where the client %s after it was told of it', async (_, goes, options) => {
    const call = client.start('tools/call', { name: 'dig' }, options);
    const { taskId } = (await call.response).result as { taskId: string };
    goes(call);
    expect(await status(taskId)).toBe('working');
    await client.request('tasks/cancel', { taskId });
  });

  it.each(ways)('is found by who calls again where it has a key, though the client %s', async (_, goes, options) => {
    whileMade = () => goes(call);
    const call = client.start('tools/call', { name: 'drill' }, options);
    const { silent, result } = await call.response;
    // The task of an earlier test is answered with: nothing is made then, and nobody goes.
    expect(silent).toBe(made.length === 1);
    const again = (await client.request('tools/call', { name: 'drill' })).result as { taskId: string };
    expect(again.taskId).toBe(made[0] ?? (result as { taskId: string }).taskId);
    expect(await status(again.taskId)).toBe('working');
  });
});

describe('a call of a task on a wire', () => {
  const tasks = { [`${META}clientCapabilities`]: { extensions: { [TASKS]: {} } } };
  const dig = (): Fields => {
    const sent = statelessRequest('tools/call', { name: 'dig', arguments: {} }) as { params: { _meta: Fields } };
    Object.assign(sent.params._meta, tasks);
    return sent as unknown as Fields;
  };
  let app: App;
  let isChecking: boolean;
  let go: () => void;
  beforeEach(async () => {
    app = await mine();
    isChecking = false;
    const opened = new Promise<void>((resolve) => (go = resolve));
    whileChecked = () => {
      isChecking = true;
      return opened;
    };
  });
  afterEach(() => app.close());

  // Spec: stdio.stops@2026-07-28
  it('makes none where it is cancelled on stdio while its arguments are checked', async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let text = '';
    output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    const server = serveStdio(app, { streams: { input, output } });
    const tell = (message: object): void => void input.write(`${JSON.stringify(message)}\n`);
    const call = dig();
    tell(call);
    await until(() => isChecking);
    tell({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: call['id'] } });
    tell(statelessRequest('server/discover'));
    await until(() => text.includes('\n'));
    go();
    await server.close();
    expect(text.trim().split('\n')).toHaveLength(1);
    expect(made).toEqual([]);
  });

  // Spec: cancel.disconnect
  it('makes none where its connection is closed while its arguments are checked', async () => {
    const handler = httpHandler(app, { port: 0 });
    let isClosed = false;
    const server = createServer((incoming, outgoing) => {
      outgoing.once('close', () => (isClosed = true));
      handler(incoming, outgoing);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = { ...WELL_BEHAVED, ...STATELESS, 'mcp-method': 'tools/call', 'mcp-name': 'dig' };
    const outgoing = request({ host: '127.0.0.1', port, path: '/mcp', method: 'POST', headers, agent: false });
    outgoing.on('error', () => undefined).end(JSON.stringify(dig()));
    await until(() => isChecking);
    outgoing.destroy();
    await until(() => isClosed);
    go();
    await handler.close();
    expect(made).toEqual([]);
    server.close();
  });
});
