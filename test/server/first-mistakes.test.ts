import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import { type AppOptions, type BootError, createApp, Inject, type Plugin, Task, Tool } from 'perdura';
import { IsString } from 'class-validator';
import { z } from 'zod';
import { serveHttp } from 'perdura/http';
import { serveStdio } from 'perdura/stdio';
import { startWorker } from 'perdura/worker';
import { checkedConnect as connect } from '../checked-connect.js';
import { freePort } from '../fixtures/redis-server.js';

@Tool({ name: 'look', description: 'Looks.' })
class Look {
  constructor(@Inject('eyes') readonly eyes: { readonly look?: string }) {}
  call() {
    return this.eyes.look ?? 'Nothing.';
  }
}

const eyes = { provide: 'eyes', useValue: {} };

function start(options: Partial<AppOptions>) {
  return createApp({ name: 'desk', version: '1.0.0', use: [Look], providers: [eyes], report: () => {}, ...options });
}

async function mistakesOf(options: Partial<AppOptions>): Promise<BootError['mistakes']> {
  const error: unknown = await start(options).then(
    (app) => app.close(),
    (thrown: unknown) => thrown,
  );
  return (error as BootError | undefined)?.mistakes ?? [];
}

const codesOf = async (options: Partial<AppOptions>) => (await mistakesOf(options)).map(({ code }) => code);

describe('the mistakes of a first start', () => {
  const environment = process.env['NODE_ENV'];
  afterEach(() => {
    process.env['NODE_ENV'] = environment;
  });

  it('are printed once each, without what they are made of', async () => {
    const error = await start({ providers: [] }).catch((thrown: unknown) => thrown);
    const printed = inspect(error);
    expect(printed.match(/asks for 'eyes', which nothing provides/g)).toHaveLength(1);
    expect(printed).not.toMatch(/facts|mistakes:/);
    expect((error as BootError).mistakes).toHaveLength(1);
  });

  it('name a version that is not there, as where npm did not start the process', async () => {
    const unset = process.env['A_VERSION_THAT_NOBODY_SET'] as string;
    expect(await codesOf({ version: unset })).toEqual(['INVALID_IDENTITY']);
    expect(await codesOf({ name: '', version: '' })).toEqual(['INVALID_IDENTITY', 'INVALID_IDENTITY']);
  });

  it('are providers and interceptors that are none, each with its place', async () => {
    class Clock {}
    const plugin: Plugin = { name: 'half', setup: (host) => host.provide({ provide: 'tick' } as never) };
    const mistakes = await mistakesOf({
      use: [Look, plugin],
      intercept: ['audit' as never],
      providers: [
        eyes,
        null as never,
        { provide: undefined as never, useClass: Clock },
        { provide: 'now', useClass: undefined as never },
        { provide: 'now', useFactory: 5 as never },
        { provide: 'now', useValue: 1, useClass: Clock } as never,
        { provide: 'nothing', useValue: undefined },
      ],
    });
    expect(mistakes.map(({ code, facts }) => [code, facts[0]])).toEqual([
      ['INVALID_OPTION', 'intercept[0]'],
      ['INVALID_OPTION', 'plugin "half": provide[0]'],
      ...[1, 2, 3, 4, 5].map((index) => ['INVALID_OPTION', `providers[${index}]`]),
    ]);
  });

  // Spec: elicit.secrets, elicit.form-secrets
  it('are forms that ask for a secret or cannot be shown, where they are listed', async () => {
    class Account {
      @IsString() user!: string;
      @IsString() password!: string;
    }
    const nested = z.object({ address: z.object({ street: z.string() }) });
    const mistakes = await mistakesOf({ forms: [Account, z.object({ name: z.string() }), nested] });
    expect(mistakes.map(({ code }) => code)).toEqual(['SECRET_FORM_FIELD', 'INVALID_FORM_FIELD']);
    expect(mistakes[0]?.message).toContain('Account: The form field "password"');
    expect(mistakes[1]?.message).toContain('Item #2 of createApp({ forms }): The form field "address"');
  });

  it('refuse to forget tasks in production because the address of Redis was left empty', async () => {
    const redis = process.env['A_REDIS_THAT_NOBODY_SET'] as string;
    process.env['NODE_ENV'] = 'production';
    expect(await codesOf({ tasks: { redis } })).toEqual(['REDIS_NOT_SET']);
    expect(await codesOf({ tasks: { redis: '' } })).toEqual(['REDIS_NOT_SET']);
    expect(await codesOf({ tasks: {} })).toEqual([]);
    process.env['NODE_ENV'] = 'development';
    expect(await codesOf({ tasks: { redis } })).toEqual([]);
  });

  it.each(['http://127.0.0.1:6379', 'https://user:hidden@redis.example.com'])(
    'say that %s is no address of a Redis, and keep its password',
    async (redis) => {
      const [mistake, ...others] = await mistakesOf({ tasks: { redis } });
      expect([mistake?.code, others]).toEqual(['REDIS_ADDRESS', []]);
      expect(mistake?.message).toContain('redis://');
      expect(mistake?.message).not.toContain('hidden');
      expect(await codesOf({ tasks: { redis: { url: redis } } })).toEqual(['REDIS_ADDRESS']);
    },
  );

  it('say why Redis cannot be reached, once', async () => {
    const port = await freePort();
    const reports: unknown[] = [];
    const report = (error: unknown) => void reports.push(error);
    const [mistake] = await mistakesOf({ tasks: { redis: `redis://127.0.0.1:${port}` }, report });
    expect(mistake?.message).toContain(`ECONNREFUSED 127.0.0.1:${port}`);
    expect(reports).toEqual([]);
  });

  it('count the plugins when they say which item of use is no class', async () => {
    const plugin: Plugin = { name: 'nothing', setup: () => {} };
    const [mistake] = await mistakesOf({ use: [plugin, Look, undefined as never] });
    expect(mistake).toMatchObject({ code: 'NOT_A_CLASS', facts: ['Item #2 of createApp({ use })', 'undefined'] });
  });

  it('tell an object of schemas from a schema', async () => {
    @Tool({ name: 'old', description: 'As other frameworks take it.', input: { query: z.string() } as never })
    class Old {
      call() {}
    }
    const [mistake] = await mistakesOf({ use: [Old] });
    expect(mistake?.code).toBe('NOT_A_SHAPE');
    expect(mistake?.message).toContain('z.object({ ... })');
  });

  it('name the option that is no length of time, or no number that anything could run with', async () => {
    const mistakes = await mistakesOf({
      stateTtl: 'soon' as never,
      tasks: { hold: 'a while' as never, concurrency: 0, quota: Number('many') },
      limits: { concurrentCalls: 0, pageSize: 0.5 },
    });
    expect(mistakes.map(({ message }) => message.split(/:| of createApp/)[0])).toEqual(
      ['stateTtl', 'tasks.hold', 'tasks.concurrency', 'tasks.quota', 'limits.concurrentCalls', 'limits.pageSize'].map(
        (option) => `The option ${option}`,
      ),
    );
    expect(mistakes.map(({ code, facts }) => [code, ...facts.slice(0, 2)])).toEqual([
      ['INVALID_DURATION', 'soon'],
      ['INVALID_DURATION', 'a while'],
      ['INVALID_OPTION', 'tasks.concurrency', '0'],
      ['INVALID_OPTION', 'tasks.quota', 'NaN'],
      ['INVALID_OPTION', 'limits.concurrentCalls', '0'],
      ['INVALID_OPTION', 'limits.pageSize', '0.5'],
    ]);
    expect(
      await codesOf({ stateTtl: '1m', tasks: { hold: 0, concurrency: 1, quota: 0 }, limits: { pageSize: 1 } }),
    ).toEqual([]);
  });

  it('are icons that clients must not load, of the app as of a tool', async () => {
    const icons = [{ src: 'file:///etc/icon.png' }];
    @Tool({ name: 'drawn', description: 'Has such an icon.', icons })
    class Drawn {
      call() {}
    }
    expect(await codesOf({ icons, use: [Drawn] })).toEqual(['INVALID_DECLARATION', 'INVALID_OPTION']);
    expect(await codesOf({ icons: { src: 'https://a.example/icon.png' } as never })).toEqual(['INVALID_OPTION']);
    expect(await codesOf({ icons: [{ src: 'https://a.example/icon.png', theme: 'dark' }] })).toEqual([]);
  });

  it('are keys that could be guessed and rates that cannot be meant, told with all the others', async () => {
    const stateKeys = ['k'.repeat(32), process.env['A_KEY_THAT_NOBODY_SET'] as string];
    const limits = { rate: { calls: { perSecond: 0 } }, pageSize: 0 };
    const expected = ['REQUEST_STATE_KEY_TOO_SHORT', 'INVALID_RATE', 'INVALID_OPTION', 'UNRESOLVABLE_DEPENDENCY'];
    expect(new Set(await codesOf({ providers: [], stateKeys, limits }))).toEqual(new Set(expected));
  });

  it('say that what is to be served is still a promise, where no compiler said so', async () => {
    const starting = start({});
    const app = starting as never;
    const refused = { code: 'APP_NOT_AWAITED' };
    await expect(serveHttp(app, { port: 0 })).rejects.toMatchObject(refused);
    await expect(startWorker(app)).rejects.toMatchObject(refused);
    await expect(connect(app, { revision: '2025-11-25' })).rejects.toMatchObject(refused);
    const streams = { input: new PassThrough(), output: new PassThrough() };
    expect(() => serveStdio(app, { streams })).toThrow(expect.objectContaining(refused));
    await (await starting).close();
  });

  it('name a queue that a worker is to work and no task is in', async () => {
    @Task({ name: 'close', description: 'Closes the books.', queue: 'books' })
    class Close {
      call() {}
    }
    const app = await start({ use: [Close] });
    const worker = startWorker(app, { queues: ['books', 'bokos'], signals: false });
    await expect(worker).rejects.toMatchObject({ code: 'UNKNOWN_QUEUE', facts: ['bokos', ['books']] });
    await app.close();
  });

  it('name a factory that is asynchronous', async () => {
    const useFactory = async () => ({ look: 'A cat.' });
    expect(await codesOf({ providers: [{ provide: 'eyes', useFactory }] })).toEqual(['ASYNC_FACTORY']);
  });

  it('name a factory that turns out to give a promise when it is first used', async () => {
    const reports: unknown[] = [];
    const app = await start({
      providers: [{ provide: 'eyes', useFactory: () => Promise.resolve({ look: 'A cat.' }) }],
      report: (error) => void reports.push(error),
    });
    const client = await connect(app, { revision: '2026-07-28' });
    expect((await client.callTool('look')).isError).toBe(true);
    expect(reports).toEqual([expect.objectContaining({ code: 'ASYNC_FACTORY', facts: ["'eyes'"] })]);
    await app.close();
  });
});
