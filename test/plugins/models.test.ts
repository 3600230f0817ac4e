import { createApp, type Model, type ModelAnswer, PerduraError, type Usage } from 'perdura';
import { MemoryBuckets } from '../../plugins/models/buckets.js';
import { type Buckets, type Draw, limit, redisBuckets, retry } from '../../plugins/models/index.js';
import { freePort, RedisServer } from '../fixtures/redis-server.js';

const DAY = 86_400_000;
const REQUEST = { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 100 } as const;
const answer = (usage?: Usage): ModelAnswer => ({
  role: 'assistant',
  model: 'm',
  content: { type: 'text', text: 'ok' },
  ...(usage && { usage }),
});

/** A model that fails with these errors first, and counts how often it is asked. */
function failing(...errors: readonly Error[]): Model & { readonly asked: () => number } {
  let asked = 0;
  const model = async (): Promise<ModelAnswer> => {
    const error = errors[asked++];
    return error ? Promise.reject(error) : answer();
  };
  return Object.assign(model, { asked: () => asked });
}

const busy = (seconds?: number): Error => PerduraError.of('MODEL_UNAVAILABLE', 'm', 'busy', seconds);
const ask = (model: Model, signal = new AbortController().signal): Promise<ModelAnswer> =>
  model(REQUEST as never, { signal });

describe('retry()', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('pauses as long as the provider says', async () => {
    const model = failing(busy(30));
    const answered = ask(retry(model, { delay: 0 }));
    await jest.advanceTimersByTimeAsync(29_999);
    expect(model.asked()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(model.asked()).toBe(2);
    expect(await answered).toEqual(answer());
  });

  it.each([
    [0, [10_000, 15_000, 15_000]],
    [1, [5_000, 7_500, 7_500]],
  ])('pauses for a growing time where the provider says nothing, half of it chance (%d)', async (chance, pauses) => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(chance);
    const model = failing(busy(), busy(), busy());
    const answered = ask(retry(model, { delay: '10s', maxDelay: '15s' }));
    for (const [index, length] of pauses.entries()) {
      await jest.advanceTimersByTimeAsync(length - 1);
      expect(model.asked()).toBe(index + 1);
      await jest.advanceTimersByTimeAsync(1);
      expect(model.asked()).toBe(index + 2);
    }
    expect(await answered).toEqual(answer());
    random.mockRestore();
  });

  it.each([
    [0, 35_000],
    [1, 30_000],
  ])('does not come back at once with all that were told the same time (%d)', async (chance, pause) => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(chance);
    const model = failing(busy(30));
    const answered = ask(retry(model, { delay: '10s' }));
    await jest.advanceTimersByTimeAsync(pause - 1);
    expect(model.asked()).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(await answered).toEqual(answer());
    random.mockRestore();
  });

  it('gives up in the middle of a pause once nobody wants the answer', async () => {
    const abort = new AbortController();
    const model = failing(busy(30));
    const answered = ask(retry(model), abort.signal);
    const outcome = expect(answered).rejects.toMatchObject({ name: 'AbortError' });
    await jest.advanceTimersByTimeAsync(10);
    abort.abort();
    await outcome;
    expect(model.asked()).toBe(1);
  });

  it.each([
    ['that is asked to pause too long', busy(3600)],
    ['of another kind', PerduraError.of('MODEL_REFUSED', 'm', 'HTTP 400')],
    ['of a model with a bug', new TypeError('x is not a function')],
  ])('does not ask again after an error %s', async (_what, error) => {
    const model = failing(error);
    await expect(ask(retry(model))).rejects.toBe(error);
    expect(model.asked()).toBe(1);
  });

  it('refuses a number of attempts that is none', () => {
    expect(() => retry(failing(), { attempts: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_MODEL_OPTION' }) as Error,
    );
  });
});

describe('limit()', () => {
  afterEach(() => jest.useRealTimers());

  it('lets requests wait for their turn, in the order in which they come', async () => {
    jest.useFakeTimers();
    const done: number[] = [];
    const model = limit(failing(), { name: 'm', requests: 2, per: '1m' });
    const all = [0, 1, 2, 3].map((index) => ask(model).then(() => done.push(index)));
    await jest.advanceTimersByTimeAsync(0);
    expect(done).toEqual([0, 1]);
    await jest.advanceTimersByTimeAsync(29_999);
    expect(done).toEqual([0, 1]);
    await jest.advanceTimersByTimeAsync(1);
    expect(done).toEqual([0, 1, 2]);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(done).toEqual([0, 1, 2, 3]);
    await Promise.all(all);
  });

  it('tells when to come back where the wait would be too long', async () => {
    const model = limit(failing(), { name: 'm', requests: 1, per: '1h', maxWait: 0 });
    await ask(model);
    await expect(ask(model)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', retryAfter: 3600 });
  });

  it('draws tokens before they are known, and gives back what was not used', async () => {
    const draws: Draw[] = [];
    const buckets: Buckets = {
      draw: (all) => {
        draws.push(...all);
        return Promise.resolve({ taken: true, wait: 0 });
      },
    };
    const used = limit(() => Promise.resolve(answer({ inputTokens: 7, outputTokens: 3 })), {
      name: 'm',
      tokens: 1000,
      buckets,
    });
    await ask(used);
    const [first, second] = draws.map(({ amount }) => amount) as [number, number];
    expect(first).toBeGreaterThan(100);
    expect(second).toBe(10 - first);
    const failed = limit(failing(busy()), { name: 'm', tokens: 1000, buckets });
    await expect(ask(failed)).rejects.toThrow();
    expect(draws.slice(2).map(({ amount }) => amount)).toEqual([first, -first]);
  });

  it('loses neither an answer nor an error where it cannot give back', async () => {
    let draws = 0;
    const buckets: Buckets = {
      draw: () =>
        draws++ % 2 === 0
          ? Promise.resolve({ taken: true, wait: 0 })
          : Promise.reject(PerduraError.of('STORE_UNAVAILABLE', 'ECONNREFUSED')),
    };
    const limited = limit(failing(busy(30)), { name: 'm', tokens: 1000, buckets });
    await expect(ask(limited)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE', retryAfter: 30 });
    expect(await ask(limited)).toEqual(answer());
    expect(draws).toBe(4);
  });

  it('lets a request through that is larger than a full bucket, and counts what it used', async () => {
    const used = answer({ inputTokens: 50, outputTokens: 50 });
    const model = limit(() => Promise.resolve(used), { name: 'm', tokens: 80, per: '1d', maxWait: '6h' });
    expect(await ask(model)).toBe(used);
    // Of a bucket of 80 a hundred were used, which takes a quarter of the day to come back.
    await expect(ask(model)).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  it('counts a picture as a picture, not as its characters', async () => {
    const picture = { type: 'image', data: 'A'.repeat(1_000_000), mimeType: 'image/png' } as const;
    const model = limit(failing(), { name: 'm', tokens: 2_000, per: '1d', maxWait: 0 });
    const request = { messages: [{ role: 'user', content: picture }], maxTokens: 100 };
    await expect(model(request as never, { signal: new AbortController().signal })).resolves.toBeDefined();
  });

  it('refuses a limit that lets nothing through', () => {
    expect(() => limit(failing(), { name: 'm', requests: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_MODEL_OPTION' }) as Error,
    );
  });
});

describe.each(['memory', 'redis'] as const)('Buckets in %s', (kind) => {
  let redis: RedisServer | undefined;
  let here: Buckets;
  let there: Buckets;
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    if (kind === 'memory') {
      here = there = new MemoryBuckets();
      return;
    }
    redis = await RedisServer.start();
    const open = async (url: string): Promise<Buckets> => {
      const buckets = redisBuckets(url);
      const app = await createApp({ name: 'limited', version: '1.0.0', use: [buckets] });
      closers.push(() => app.close());
      return buckets;
    };
    [here, there] = await Promise.all([open(redis.url), open(redis.url)]);
  });
  afterAll(async () => {
    for (const close of closers) await close();
    await redis?.stop();
  });

  it('give out what they hold and no more, whoever asks', async () => {
    const draw: Draw = { name: 'shared', capacity: 10, span: DAY, amount: 1 };
    const drawn = await Promise.all(
      [here, there].flatMap((one) => Array.from({ length: 20 }, () => one.draw([draw], 0))),
    );
    expect(drawn.filter(({ taken }) => taken)).toHaveLength(10);
    const refused = drawn.find(({ taken }) => !taken);
    expect(refused?.wait).toBeGreaterThan(DAY / 10 - 60_000);
    expect(refused?.wait).toBeLessThanOrEqual(DAY / 10);
  });

  it('let draw in advance, and tell for how long', async () => {
    const draw: Draw = { name: 'advance', capacity: 2, span: DAY, amount: 3 };
    const first = await here.draw([draw], DAY);
    expect(first.taken).toBe(true);
    expect(first.wait).toBe(DAY / 2);
    expect((await there.draw([{ ...draw, amount: 1 }], DAY / 2)).taken).toBe(false);
  });

  it('take back what was not used, and never hold more than they can', async () => {
    const draw: Draw = { name: 'back', capacity: 5, span: DAY, amount: 5 };
    await here.draw([draw], 0);
    await there.draw([{ ...draw, amount: -9 }], 0);
    expect((await here.draw([draw], 0)).taken).toBe(true);
    expect((await here.draw([draw], 0)).taken).toBe(false);
  });

  it('draw out of all buckets or none', async () => {
    const [large, small] = [10, 1].map((capacity) => ({ name: `all-${capacity}`, capacity, span: DAY, amount: 1 })) as [
      Draw,
      Draw,
    ];
    expect((await here.draw([large, small], 0)).taken).toBe(true);
    expect((await here.draw([large, small], 0)).taken).toBe(false);
    expect((await here.draw([{ ...large, amount: 9 }], 0)).taken).toBe(true);
  });
});

it('Buckets in a Redis that is not there say so', async () => {
  const buckets = redisBuckets({ host: '127.0.0.1', port: await freePort() });
  const app = await createApp({ name: 'limited', version: '1.0.0', use: [buckets] });
  const model = limit(failing(), { name: 'm', requests: 1, buckets });
  await expect(ask(model)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await app.close();
});
