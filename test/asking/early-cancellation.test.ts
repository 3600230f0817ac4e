import { type App, createApp, jsonSchema, Task } from 'perdura';
import { until } from '../fixtures/until.js';
import { ALICE, RawClient2025 } from '../spec/raw-client.js';

const started: string[] = [];
let opened: () => void = () => undefined;
let checks = 0;
let slowCheck = 0;

/** An input that takes as long to check as the test wants it to. */
const slow = jsonSchema<Record<string, never>>(
  {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: async (value: unknown) => {
        if (++checks === slowCheck) await new Promise<void>((resolve) => (opened = resolve));
        return { value: value as Record<string, never> };
      },
    },
  },
  { type: 'object', properties: {} },
);

@Task({ name: 'dig', description: 'Digs.', input: slow, idempotencyKey: () => `${started.length}`, hold: 0, ttl: '1m' })
class Dig {
  async call(): Promise<string> {
    started.push('dug');
    return 'dug';
  }
}

describe('a call of a task that its client waits for, on 2025-11-25', () => {
  let app: App;
  beforeAll(async () => void (app = await createApp({ name: 'pit', version: '1.0.0', use: [Dig] })));
  afterAll(() => app.close());

  it.each([
    ['its arguments are being checked', 1],
    ['its task is being made', 2],
  ])('can be cancelled while %s', async (_, check) => {
    checks = 0;
    slowCheck = check;
    const client = new RawClient2025(app, { principal: ALICE });
    const call = client.start('tools/call', { name: 'dig' });
    await until(() => checks === check);
    client.notify('notifications/cancelled', { requestId: call.id });
    opened();
    expect((await call.response).silent).toBe(true);
  });
});
