import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { ANONYMOUS, type App, Inject, Injectable, type Principal } from 'perdura';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchHandler, httpHandler, type HttpServer, serveHttp } from 'perdura/http';
import { checkedConnect } from '../checked-connect.js';
import { checked } from '../clients/checked-transport.js';
import { until } from '../fixtures/until.js';
import { ALICE, BOB } from '../spec/raw-client.js';
import { Browser } from './browser.js';
import { Vault, vaultApp } from './vault-app.js';

const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
const text = (result: { readonly content?: unknown }): string => (result.content as { text: string }[])[0]?.text ?? '';

/** A client that lets every page be opened, and tells of it. */
const visitor = () => {
  const urls: string[] = [];
  return { urls, visit: ({ url }: { url: string }) => (urls.push(url), { action: 'accept' as const }) };
};

describe('pages', () => {
  let app: App;
  let server: HttpServer;
  let browser: Browser;
  const reports: unknown[] = [];
  beforeEach(async () => {
    app = await vaultApp({}, { report: (error) => void reports.push(error) });
    server = await serveHttp(app, { port: 0 });
    browser = new Browser();
  });
  afterEach(() => server.close());

  describe.each(REVISIONS)('on %s', (revision) => {
    const ask = async (tool: string) => {
      const { urls, visit } = visitor();
      const client = await checkedConnect(app, { revision, visit });
      const result = client.callTool(tool);
      await until(() => urls.length === 1);
      return { url: urls[0] as string, result, client };
    };

    // Spec: elicit.secrets-by-url, elicit.url-mode, elicit.url
    it('take a secret that the client never sees', async () => {
      const { url, result, client } = await ask('store_key');
      const form = await browser.enter(url);
      expect(form.html).toContain('type="password"');
      await browser.open(url, { key: 'hunter2' });
      expect(text(await result)).toBe('The key is stored.');
      expect(app.resolve(Vault).secrets.get(ANONYMOUS.owner)).toBe('hunter2');
      expect(JSON.stringify(client.messages)).not.toContain('hunter2');
    });

    it('lead to another service and back', async () => {
      const { url, result } = await ask('polite');
      const { location = '' } = await browser.enter(url);
      const { searchParams, host } = new URL(location);
      expect(host).toBe('calendar.example');
      const back = `${searchParams.get('redirect_uri')}?state=${searchParams.get('state')}&code=Ada`;
      expect((await browser.open(back)).html).toBe('<p>Connected.</p>');
      expect(text(await result)).toBe('calendar of Ada by 43');
    });

    it('are opened from tasks too', async () => {
      const { urls, visit } = visitor();
      const client = await checkedConnect(app, { revision, visit });
      const result = client.runTask('connect');
      await until(() => urls.length === 1);
      const { location = '' } = await browser.enter(urls[0] as string);
      await browser.open(`${server.url.replace('/mcp', '/elicit/callback')}${new URL(location).search}&code=Bob`);
      expect(text(await result)).toBe('calendar of Bob by 43, 0');
    });

    it.each(['decline', 'cancel'] as const)('are not opened where the user says %s, then or later', async (action) => {
      const urls: string[] = [];
      const visit = ({ url }: { url: string }) => (urls.push(url), { action });
      const client = await checkedConnect(app, { revision, visit });
      expect(text(await client.callTool('polite'))).toBe(action);
      expect((await browser.open(urls[0] as string)).status).toBe(404);
    });

    it('end with their time', async () => {
      const { urls, visit } = visitor();
      const client = await checkedConnect(app, { revision, visit });
      const result = await client.callTool('hurry');
      expect(result.isError).toBe(true);
      expect(text(result)).toContain('in time');
      // On a machine that is busy enough, the time was over before anybody could be asked.
      for (const url of urls) expect((await browser.open(url)).status).toBe(404);
    });

    // Spec: elicit.modes
    it('are not for a client that cannot open any', async () => {
      const client = await checkedConnect(app, { revision, elicit: () => ({ action: 'cancel' }) });
      const called = client.callTool('store_key');
      if (revision === '2025-11-25') expect((await called).isError).toBe(true);
      else
        await expect(called).rejects.toMatchObject({
          code: -32021,
          data: { requiredCapabilities: { elicitation: { url: {} } } },
        });
    });

    it('must be listed', async () => {
      const client = await checkedConnect(app, { revision, visit: visitor().visit });
      expect((await client.callTool('unlisted')).isError).toBe(true);
      expect(reports.at(-1)).toMatchObject({ code: 'UNKNOWN_PAGE' });
    });
  });

  // Spec: elicit.completion-id@2025-11-25
  it('tell a client of 2025-11-25 that the user is done', async () => {
    const { urls, visit } = visitor();
    const ids: unknown[] = [];
    const client = await checkedConnect(app, {
      revision: '2025-11-25',
      visit: (page) => (ids.push(page.elicitationId), visit(page)),
    });
    const result = client.callTool('store_key');
    await until(() => urls.length === 1);
    await browser.enter(urls[0] as string);
    await browser.open(urls[0] as string, { key: 'k' });
    await result;
    const told = client.notifications.filter(({ method }) => method === 'notifications/elicitation/complete');
    expect(told.map(({ params }) => params)).toEqual([{ elicitationId: ids[0] }]);
  });

  describe('keep others out:', () => {
    let url: string;
    let result: Promise<unknown>;
    beforeEach(async () => {
      const { urls, visit } = visitor();
      const client = await checkedConnect(app, { revision: '2025-11-25', visit });
      result = client.callTool('store_key').catch(() => undefined);
      await until(() => urls.length === 1);
      url = urls[0] as string;
    });

    it('a look at the address begins nothing', async () => {
      expect((await new Browser().open(url)).html).toContain('Continue');
      expect((await browser.enter(url)).html).toContain('type="password"');
    });

    // Spec: elicit.same-user
    it('the browser that goes on first is the only one', async () => {
      await browser.enter(url);
      expect((await new Browser().enter(url)).status).toBe(403);
      expect((await new Browser().open(url, { key: 'x' })).status).toBe(403);
      expect((await new Browser().open(`${new URL(url).origin}/elicit/callback?state=${url.slice(-43)}`)).status).toBe(
        403,
      );
    });

    it('it is done once', async () => {
      await browser.enter(url);
      const twice = await Promise.all([1, 2].map(() => browser.open(url, { key: 'k' })));
      expect(twice.map(({ status }) => status).sort()).toEqual([200, 404]);
      expect((await browser.open(url)).status).toBe(404);
      await result;
    });

    it('forms of other sites are not read', async () => {
      await browser.enter(url);
      for (const origin of ['https://evil.example', 'null', '']) {
        expect((await browser.open(url, { key: 'x' }, { origin })).status).toBe(400);
      }
      expect((await browser.open(url, { key: 'x'.repeat(100_000) })).status).toBe(400);
    });

    // Spec: elicit.modified-url
    it('other names of the server, other methods and made-up addresses', async () => {
      expect((await fetch(url, { method: 'DELETE' })).status).toBe(405);
      expect((await browser.open(`${url.slice(0, -43)}${'a'.repeat(43)}`)).status).toBe(404);
      expect((await browser.open(`${url.slice(0, -43)}%2e%2e`)).status).toBe(404);
    });

    it('nothing frames, keeps or learns of it, and what it shows is text', async () => {
      const { headers, html } = await browser.open(url);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(html).toContain('The &#60;Vault&#62;');
    });
  });

  it('that fail tell nothing but a reference', async () => {
    const { urls, visit } = visitor();
    const stop = new AbortController();
    const client = await checkedConnect(app, { revision: '2025-11-25', visit });
    const result = client.callTool('broken', {}, { signal: stop.signal }).catch(() => undefined);
    await until(() => urls.length === 1);
    const { status, html } = await browser.enter(urls[0] as string);
    expect(status).toBe(500);
    expect(html).not.toContain('secret');
    stop.abort();
    await result;
  });

  describe.each(REVISIONS)("are opened by the SDK's v2 Client on %s", (revision) => {
    it('over HTTP', async () => {
      const urls: string[] = [];
      const client = new Client(
        { name: 'sdk-v2', version: '1.0.0' },
        {
          capabilities: { elicitation: { url: {} } },
          versionNegotiation: { mode: revision === '2025-11-25' ? 'legacy' : { pin: revision } },
        },
      );
      client.setRequestHandler('elicitation/create', ({ params }) => {
        urls.push((params as { url: string }).url);
        return { action: 'accept' };
      });
      await client.connect(checked(new StreamableHTTPClientTransport(new URL(server.url)), revision));
      const result = client.callTool({ name: 'store_key', arguments: {} });
      await until(() => urls.length === 1);
      await browser.enter(urls[0] as string);
      await browser.open(urls[0] as string, { key: 'hunter2' });
      expect((await result).content).toEqual([{ type: 'text', text: 'The key is stored.' }]);
      await client.close();
    });
  });
});

type Send = (path: string, headers: Record<string, string>, form: Record<string, string>) => Promise<Response>;
type Mounted = { readonly send: Send; close(): Promise<void> };

/** In a server of one's own, whose parser reads forms. */
async function parsed(app: App): Promise<Mounted> {
  const handler = httpHandler(app);
  const own = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
    handler(Object.assign(request, { body }), response);
  });
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve));
  const { port } = own.address() as AddressInfo;
  return {
    send: (path, headers, form) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        ...{ method: 'POST', headers, redirect: 'manual', body: new URLSearchParams(form) },
      }),
    close: async () => {
      await handler.close();
      await new Promise((resolve) => own.close(resolve));
    },
  };
}

async function fetched(app: App): Promise<Mounted> {
  const handler = fetchHandler(app, { publicUrl: 'http://127.0.0.1:1/mcp', allowUnauthenticated: true });
  const host = { host: '127.0.0.1:1' };
  return {
    send: (path, headers, form) =>
      handler(
        new Request(`http://127.0.0.1:1${path}`, {
          ...{ method: 'POST', headers: { ...host, ...headers }, body: new URLSearchParams(form) },
        }),
      ),
    close: () => handler.close(),
  };
}

describe('pages of an app with callers that it knows', () => {
  const sessions = new Map<string, Principal>([
    ['a', ALICE],
    ['b', BOB],
  ]);
  const login = ({ headers }: { readonly headers: { readonly cookie?: string } }): Principal | string =>
    sessions.get(/session=(\w)/.exec(headers.cookie ?? '')?.[1] ?? '') ?? 'https://login.example/';

  // Spec: elicit.opener, elicit.same-user, elicit.modified-url
  it('open for the user that they were made for, once logged in', async () => {
    const app = await vaultApp({ login });
    const server = await serveHttp(app, { port: 0 });
    const { urls, visit } = visitor();
    const client = await checkedConnect(app, { revision: '2026-07-28', principal: ALICE, visit });
    const result = client.callTool('store_key');
    await until(() => urls.length === 1);
    const url = urls[0] as string;
    expect((await new Browser().open(url)).location).toBe('https://login.example/');
    expect((await new Browser().open(url, undefined, { cookie: 'session=b' })).status).toBe(403);
    expect((await new Browser().open(url, undefined, { cookie: 'session=a' })).html).toContain('Continue');
    const opened = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ 'perdura-open': '1' }),
      headers: { cookie: 'session=a', origin: new URL(url).origin },
    });
    const cookie = `session=a; ${opened.headers.getSetCookie()[0]?.split(';')[0]}`;
    await new Browser().open(url, { key: 'k' }, { cookie });
    expect(text(await result)).toBe('The key is stored.');
    await server.close();
  });

  // Spec: elicit.opener
  it('are served behind a body parser, and to fetch requests', async () => {
    for (const mount of [parsed, fetched]) {
      const app = await vaultApp({ publicUrl: 'http://127.0.0.1:1' });
      const { send, close } = await mount(app);
      const { urls, visit } = visitor();
      const client = await checkedConnect(app, { revision: '2025-11-25', visit });
      const result = client.callTool('store_key');
      await until(() => urls.length === 1);
      const { pathname, origin } = new URL(urls[0] as string);
      const opened = await send(pathname, { origin }, { 'perdura-open': '1' });
      expect(opened.status).toBe(303);
      const cookie = opened.headers.getSetCookie()[0]?.split(';')[0] as string;
      expect((await send(pathname, { origin, cookie }, { key: 'k' })).status).toBe(200);
      expect(text(await result)).toBe('The key is stored.');
      await close();
      await app.close();
    }
  });

  it('are refused where nothing tells who sits at a browser, and where no URL is known', async () => {
    const codes: unknown[] = [];
    const report = (error: unknown): void => void codes.push((error as { readonly code?: unknown }).code);
    const app = await vaultApp({}, { report });
    const open = async (principal: Principal) => {
      const client = await checkedConnect(app, { revision: '2025-11-25', principal, visit: visitor().visit });
      expect((await client.callTool('store_key')).isError).toBe(true);
    };
    await open(ALICE);
    await open(ANONYMOUS);
    expect(codes).toEqual(['PAGES_WITHOUT_LOGIN', 'PAGES_WITHOUT_URL']);
    await app.close();
  });

  it('are checked at the start with all that they need, like whatever serves calls', async () => {
    @Injectable()
    class Homeless {
      constructor(@Inject('house') readonly house: unknown) {}
      visit = () => ({ done: 1 });
    }
    await expect(vaultApp({ classes: [Homeless], publicUrl: 'https://vault.example' })).rejects.toMatchObject({
      mistakes: [{ code: 'UNRESOLVABLE_DEPENDENCY' }],
    });
  });

  it('have names of their own, and a URL that is one', async () => {
    class Same {
      visit = () => ({ done: 1 });
    }
    await expect(vaultApp({ classes: [Same, Same], publicUrl: 'nowhere' })).rejects.toMatchObject({
      mistakes: [{ code: 'DUPLICATE_PAGE' }, { code: 'INVALID_HTTP_OPTION' }],
    });
  });
});
