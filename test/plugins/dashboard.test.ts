import { ANONYMOUS, type App, type ToolEntry } from 'perdura';
import { type HttpOptions, type HttpServer, serveHttp } from 'perdura/http';
import type { DashboardOptions } from 'perdura/plugins/dashboard';
import { startWorker } from 'perdura/worker';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { type Received, send, type Sent } from '../server/send.js';
import { dashboardApp, Desk } from './dashboard-app.js';

const opened: App[] = [];
const open = async (...options: Parameters<typeof dashboardApp>): Promise<App> => {
  const app = await dashboardApp(...options);
  opened.push(app);
  return app;
};
let server: HttpServer | undefined;
const serve = async (app: App, options: HttpOptions = {}): Promise<number> => {
  server = await serveHttp(app, { port: 0, ...options });
  return server.port;
};
afterEach(async () => {
  await server?.close({ keepApp: true });
  server = undefined;
  for (const app of opened.splice(0)) await app.close();
});

const get = (port: number, path = '', headers: Sent['headers'] = {}): Promise<Received> =>
  send(port, { method: 'GET', path: `/dashboard${path}`, headers });
const bodyOf = async (port: number, path?: string): Promise<string> => (await get(port, path)).body;
/** The ids of the tasks that a page lists. */
const listed = (page: string): string[] =>
  [...page.matchAll(/href="\/dashboard\/tasks\/([\w-]+)"/g)].map(([, id = '']) => id);
const startOne = (app: App, name: string, owner = 'ada', word = 'word'): Promise<string> =>
  app.start(Desk, { word }, { name, owner });
const hasCome = (app: App, owner: string, taskId: string, run: string): Promise<void> =>
  until(async () => (await app.tasks.get(owner, taskId))?.run === run);

describe('What an operator sees', () => {
  let redis: RedisServer;
  beforeAll(async () => void (redis = await RedisServer.start()));
  afterAll(() => redis.stop());

  it.each(['memory', 'redis'])('is every task, whoever made it and wherever it runs, in %s', async (kind) => {
    const tasks = kind === 'redis' ? { redis: { url: redis.url, prefix: 'dash' } } : {};
    const app = await open(undefined, { tasks });
    if (kind === 'redis') await startWorker(await open(undefined, { tasks }), { signals: false });
    const port = await serve(app);
    const done = await startOne(app, 'greet');
    const failed = await startOne(app, 'fail', 'grace');
    const waiting = await startOne(app, 'wait', 'grace');
    await hasCome(app, 'ada', done, 'done');
    await hasCome(app, 'grace', failed, 'done');
    await hasCome(app, 'grace', waiting, 'idle');

    const all = await bodyOf(port);
    expect(listed(all).sort()).toEqual([done, failed, waiting].sort());
    expect(all).toMatch(/<b>3<\/b>\s*All/);
    expect(all).toMatch(/<b>1<\/b>\s*Failed/);
    expect(all).toMatch(/<progress value="1" max="4"/);
    expect(all).toMatch(/a timer, <time [^>]*>in \d+ h/);
    expect(listed(await bodyOf(port, '?status=failed'))).toEqual([failed]);
    expect(listed(await bodyOf(port, '?tool=greet'))).toEqual([done]);
    expect(listed(await bodyOf(port, '?owner=grace&status=working'))).toEqual([waiting]);
    expect(listed(await bodyOf(port, '?status=nonsense&after=x')).length).toBe(3);

    const one = await bodyOf(port, `/tasks/${done}`);
    expect(one).toContain('data-final');
    expect(one).toMatch(/class="bar step/);
    expect(await bodyOf(port, `/tasks/${waiting}`)).toMatch(/class="bar wait/);
    expect((await get(port, `/tasks/${done.slice(1)}`)).status).toBe(404);
  });

  it('goes on on another page where there are more than one has room for', async () => {
    const app = await open(undefined, { tasks: { quota: 1000 } });
    const port = await serve(app);
    const made = new Set<string>();
    // Some of them in one millisecond, which no page parts.
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 40; index++) made.add(await startOne(app, 'greet'));
      const last = Date.now();
      await until(() => Date.now() > last);
    }
    const seen: string[] = [];
    let pages = 0;
    for (let path: string | undefined = ''; path !== undefined; pages++) {
      const page: string = await bodyOf(port, path);
      seen.push(...listed(page));
      path = /rel="next" href="\/dashboard([^"]*)"/.exec(page)?.[1];
    }
    expect(pages).toBeGreaterThan(1);
    expect(seen.length).toBe(made.size);
    expect(new Set(seen)).toEqual(made);
  });

  it('is the catalog too, and what this process has done', async () => {
    const app = await open();
    const port = await serve(app);
    await hasCome(app, 'ada', await startOne(app, 'greet'), 'done');
    expect(await bodyOf(port)).toContain('1 made, 1 ended');
    const page = await bodyOf(port, '/catalog');
    for (const word of ['greet', 'peek', 'queue default']) expect(page).toContain(word);
  });

  it('is no markup of anybody else', async () => {
    const app = await open({ allow: () => true, contents: true });
    const port = await serve(app);
    const owner = '<img src=x onerror="alert(1)">';
    const waiting = await startOne(app, 'wait', owner, '</script><script>');
    const done = await startOne(app, 'greet', owner, '"><script>');
    await hasCome(app, owner, waiting, 'idle');
    await hasCome(app, owner, done, 'done');
    const typed = `?owner=${encodeURIComponent('"><script>alert(2)</script>')}&tool=${encodeURIComponent('<b>')}`;
    for (const path of ['', typed, '/catalog', `/tasks/${waiting}`, `/tasks/${done}`]) {
      const { body } = await get(port, path);
      expect(body.match(/<script/g)).toEqual(['<script']);
      expect(body).not.toMatch(/<img|<i>|<b>it/);
    }
  });

  it('is nothing of what a task was given and answered, unless that is wanted', async () => {
    for (const contents of [false, true]) {
      const app = await open({ allow: () => true, contents });
      const port = await serve(app);
      const ids = [await startOne(app, 'greet', 'ada', 'secret'), await startOne(app, 'fail', 'ada', 'secret')];
      const waiting = await startOne(app, 'wait', 'ada', 'veiled');
      for (const id of ids) await hasCome(app, 'ada', id, 'done');
      await hasCome(app, 'ada', waiting, 'idle');
      const pages = await Promise.all(
        ['', ...[...ids, waiting].map((id) => `/tasks/${id}`)].map((path) => bodyOf(port, path)),
      );
      expect(pages.map((page) => page.includes('secret'))).toEqual([contents, contents, contents, false]);
      // What it says of itself while it works is there for everybody who looks.
      expect(pages.map((page) => page.includes('veiled'))).toEqual([true, false, false, true]);
      // As it would be written by hand.
      expect(pages.at(-1)?.includes('{\n  &#34;word&#34;: &#34;veiled&#34;\n}')).toBe(contents);
      await server?.close({ keepApp: true });
    }
  });

  it.each([false, true])('of a question is its text only with the contents: %p', async (contents) => {
    const app = await open({ allow: () => true, contents });
    const port = await serve(app);
    const made = await app.tasks.create({
      entry: app.catalog.tools.get('ask') as ToolEntry,
      args: { word: 'it' },
      principal: ANONYMOUS,
      client: { capabilities: { elicitation: { form: {} } }, info: { name: 'asker', version: '1.0.0' } },
      revision: '2026-07-28',
    });
    if (!made.ok) throw new Error(made.reason);
    const { taskId } = made.value;
    await until(async () => (await app.tasks.survey()).counts.input_required === 1);
    expect(listed(await bodyOf(port, '?status=input_required'))).toEqual([taskId]);
    const page = await bodyOf(port, `/tasks/${taskId}`);
    expect(page).toContain('1 answer');
    expect(page).toContain('asker');
    expect(page).toContain('anonymous');
    expect(page.includes('Who is it?')).toBe(contents);
    await app.tasks.cancel('anonymous', taskId);
  });
});

describe('Who may look', () => {
  it('must be said, and said right', async () => {
    for (const allow of [undefined, true, 'everybody']) {
      const start = dashboardApp({ allow } as unknown as DashboardOptions);
      await expect(start).rejects.toMatchObject({ mistakes: [{ code: 'PLUGIN_MISTAKE' }] });
    }
  });

  it('is asked about every request, and anything but yes is no', async () => {
    const answers: unknown[] = [false, undefined, 'yes', Promise.resolve(false)];
    const app = await open({ allow: () => answers.shift() as boolean });
    const port = await serve(app);
    for (const path of ['', '/tasks/x', '/style.css', '/catalog']) {
      const { status, body } = await get(port, path);
      expect([status, body]).toEqual([403, 'You may not look at this.\n']);
    }
    expect(answers).toEqual([]);
  });

  it('is nobody where the asking fails, which is reported', async () => {
    const reported: unknown[] = [];
    const allow = (): never => {
      throw new Error('the login is away');
    };
    const port = await serve(await open({ allow }, { report: (error) => void reported.push(error) }));
    expect((await get(port)).status).toBe(403);
    expect(reported).toMatchObject([{ message: 'the login is away' }]);
  });

  it('may be sent to a login', async () => {
    const challenge = { status: 401, headers: { 'www-authenticate': 'Basic realm="desk"' } };
    const allow = ({ headers }: Request): boolean | Response =>
      headers.get('authorization') === 'Basic b3BzOm9wcw==' || new Response(null, challenge);
    const port = await serve(await open({ allow }));
    const refused = await get(port);
    expect([refused.status, refused.headers['www-authenticate']]).toEqual([401, 'Basic realm="desk"']);
    expect((await get(port, '', { authorization: 'Basic b3BzOm9wcw==' })).status).toBe(200);
  });

  it('is with "loopback" who sits at this machine, and nobody behind a proxy', async () => {
    const app = await open({ allow: 'loopback' });
    const port = await serve(app);
    expect((await get(port)).status).toBe(200);
    expect((await get(port, '', { 'x-forwarded-for': '127.0.0.1' })).status).toBe(403);
    // A name that was made to point here.
    expect((await get(port, '', { host: 'evil.example.com' })).status).toBe(403);
  });
});

describe('The page', () => {
  it('loads nothing from elsewhere, is kept nowhere and framed by nobody', async () => {
    const port = await serve(await open());
    for (const path of ['', '/catalog', '/style.css', '/script.js', '/icon.svg', '/none']) {
      const { headers } = await get(port, path);
      expect(headers['content-security-policy']).toContain("default-src 'none'");
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      });
    }
    expect(await bodyOf(port)).not.toMatch(/(src|href)="(?!\/dashboard)| on\w+=| style=/);
  });

  it('is where it was put', async () => {
    const port = await serve(await open({ allow: () => true, path: '/ops/tasks' }));
    expect((await get(port)).status).toBe(404);
    const { body } = await send(port, { method: 'GET', path: '/ops/tasks/' });
    expect(body).toContain('href="/ops/tasks/style.css"');
  });

  it('says that the store is away, and nothing more', async () => {
    const redis = await RedisServer.start();
    const app = await open(undefined, { tasks: { redis: { url: redis.url, prefix: 'away' } } });
    const port = await serve(app);
    expect((await get(port)).status).toBe(200);
    await redis.stop();
    const { status, body } = await get(port);
    expect([status, body]).toEqual([503, 'The tasks cannot be read now: their store is out of reach.\n']);
  });
});

describe('Cancelling', () => {
  const cancel = (port: number, taskId: string, origin?: string, method = 'POST'): Promise<Received> =>
    send(port, {
      method,
      path: `/dashboard/tasks/${taskId}/cancel`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(origin !== undefined && { origin }) },
    });

  it('ends a task of whomever, and shows it', async () => {
    const app = await open();
    const port = await serve(app);
    const taskId = await startOne(app, 'wait', 'grace');
    await hasCome(app, 'grace', taskId, 'running');
    const { status, headers } = await cancel(port, taskId, `http://127.0.0.1:${port}`);
    expect([status, headers.location]).toEqual([303, `/dashboard/tasks/${taskId}`]);
    expect((await app.tasks.get('grace', taskId))?.status).toBe('cancelled');
    // Once more changes nothing, and what is not there is not found.
    expect((await cancel(port, taskId, `http://127.0.0.1:${port}`)).status).toBe(303);
    expect(await bodyOf(port, `/tasks/${taskId}`)).not.toContain('Cancel this task');
  });

  it('takes no form of another site, none without an origin, and no link', async () => {
    const app = await open();
    const port = await serve(app);
    const taskId = await startOne(app, 'wait');
    for (const origin of ['https://evil.example.com', 'http://localhost:1', 'null', undefined])
      expect((await cancel(port, taskId, origin)).status).toBe(403);
    expect((await cancel(port, taskId, undefined, 'GET')).status).toBe(405);
    expect((await app.tasks.get('ada', taskId))?.status).toBe('working');
    await app.tasks.cancel('ada', taskId);
  });

  it('is asked about by its method, for those who may look and not touch', async () => {
    const app = await open({ allow: ({ method }) => method === 'GET' });
    const port = await serve(app);
    const taskId = await startOne(app, 'wait');
    expect((await cancel(port, taskId, `http://127.0.0.1:${port}`)).status).toBe(403);
    expect((await app.tasks.get('ada', taskId))?.status).toBe('working');
    await app.tasks.cancel('ada', taskId);
  });
});
