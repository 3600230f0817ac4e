import { createApp, type Page, type PageReply } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { ANONYMOUS } from '../../framework/runtime/principal.js';
import type { App } from '../../framework/server/app.js';
import { send, sendRaw } from '../server/send.js';

class Form implements Page<string> {
  visit(): PageReply<string> {
    return { html: '<form></form>' };
  }
}

describe('A server with pages', () => {
  let app: App;
  let server: HttpServer;
  const reports: unknown[] = [];
  const login = (): string => 'https://login.example/\u4e16';

  beforeAll(async () => {
    app = await createApp({
      ...{ name: 'pages', version: '1.0.0', use: [] },
      pages: { classes: [Form], login },
      report: (error) => void reports.push(error),
    });
    server = await serveHttp(app, { port: 0 });
  });
  afterAll(() => server.close());

  const isAlive = async (): Promise<boolean> =>
    (await send(server.port, { method: 'GET', path: '/health/live' })).status === 200;

  it.each([
    ['http://localhost:99999/elicit/x', 403],
    ['http://localhost:65536/elicit/x', 403],
    ['http://[::1/elicit/x', 403],
    ['http://localhost:80/elicit/x', 404],
    ['/elicit/%', 404],
    ['/elicit/x?state=%ff', 404],
    ['/elicit//evil.example', 404],
  ])('answers a request for %s with %i, and lives', async (target, status) => {
    const head = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    expect((await sendRaw(server.port, head)).slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    expect(await isAlive()).toBe(true);
  });

  it('answers with a reference alone where its login names what no header can hold, and lives', async () => {
    const id = 'p'.repeat(43);
    await app.pages?.open({ id, life: 60_000, page: 'Form', principal: ANONYMOUS, message: 'Go on?' });
    const { status, body } = await send(server.port, { method: 'GET', path: `/elicit/${id}` });
    expect([status, body]).toEqual([500, expect.stringContaining('reference')]);
    expect(body).not.toContain('login.example');
    expect(reports).toEqual([expect.objectContaining({ code: 'ERR_INVALID_CHAR' })]);
    expect(await isAlive()).toBe(true);
  });
});
