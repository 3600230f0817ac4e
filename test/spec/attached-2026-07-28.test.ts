import { type App, createApp, type Plugin, Task, type TaskContext } from 'perdura';
import { until } from '../fixtures/until.js';
import { ALICE, RawClient2026 } from './raw-client.js';

const entries: string[] = [];
let whileMade: (taskId: string) => void;
let whileSought: () => void;

const life = { attached: true, ttl: '1m', pollInterval: 20 } as const;

class Ferry {
  @Task({ name: 'cross', description: 'Crosses, for as long as nobody calls it back.', ...life })
  async cross(_: unknown, ctx: TaskContext): Promise<string> {
    await ctx.detach();
    const { signal } = ctx;
    entries.push('under way');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    entries.push('called back');
    return 'late';
  }

  @Task({ name: 'load', description: 'Loads once.', idempotencyKey: () => (whileSought(), 'load'), ...life })
  async load(_: unknown, ctx: TaskContext): Promise<string> {
    await ctx.detach();
    await ctx.sleep('30s');
    return 'loaded';
  }
}

/** Told of a task while the request that makes it still waits for it. */
const spy: Plugin = {
  name: 'spy',
  setup: (host) => host.onTransition(({ kind, taskId }) => void (kind === 'created' && whileMade(taskId))),
};

describe('a call that becomes a task on 2026-07-28', () => {
  const channel = {};
  let app: App;
  let client: RawClient2026;
  const cancel = (requestId: number): void => {
    const params = { requestId } as const;
    app.protocol.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, channel);
  };

  beforeEach(async () => {
    entries.length = 0;
    whileMade = whileSought = () => undefined;
    app = await createApp({ name: 'ferry', version: '1.0.0', use: [Ferry, spy] });
    client = new RawClient2026(app, { principal: ALICE, channel });
  });
  afterEach(() => app.close());

  // Spec: cancel.stops, cancel.no-response
  it('takes its task with it where it is cancelled while that is made', async () => {
    const made: string[] = [];
    whileMade = (taskId) => {
      made.push(taskId);
      cancel(call.id as number);
    };
    const call = client.start('tools/call', { name: 'cross' });
    expect((await call.response).silent).toBe(true);
    expect(made).toHaveLength(1);
    const [taskId] = made;
    expect((await client.request('tasks/get', { taskId })).result.status).toBe('cancelled');
    // Its handler is told, if it had begun at all.
    await until(() => entries.at(-1) !== 'under way');
  });

  // Spec: cancel.disconnect
  it('takes its task with it where its client goes while that is made', async () => {
    let made = '';
    whileMade = (taskId) => {
      made = taskId;
      call.hangUp();
    };
    const call = client.start('tools/call', { name: 'cross' });
    expect((await call.response).silent).toBe(true);
    expect((await client.request('tasks/get', { taskId: made })).result.status).toBe('cancelled');
  });

  it('leaves alone the task of an earlier call that it would have been answered with', async () => {
    const { taskId } = (await client.request('tools/call', { name: 'load' })).result as { taskId: string };
    whileSought = () => cancel(call.id as number);
    const call = client.start('tools/call', { name: 'load' });
    expect((await call.response).silent).toBe(true);
    expect((await client.request('tasks/get', { taskId })).result.status).toBe('working');
  });
});
