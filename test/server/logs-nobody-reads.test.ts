import { type App, type CallContext, createApp, Tool } from 'perdura';
import { type HttpServer, serveHttp } from 'perdura/http';
import { until } from '../fixtures/until.js';
import { type Answering, message, openSession, start } from '../processes/client.js';
import { STATELESS } from './send.js';

/** Many times what a reader's budget and the sockets of both sides hold. */
const LINES = 2_000;
const NEWS = 'n'.repeat(64 * 1024);
const META = 'io.modelcontextprotocol/';

let written = 0;
let hasSaidAll = false;
let isHeard = false;

@Tool({ name: 'chatter', description: 'Says a lot, and then one thing until it is heard.' })
class Chatter {
  async call(_: object, ctx: CallContext): Promise<string> {
    const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (let line = 0; line < LINES; line++) {
      ctx.log.info({ toJSON: () => (written++, NEWS) });
      await turn();
    }
    hasSaidAll = true;
    while (!isHeard) {
      ctx.log.info('still here');
      await turn();
    }
    return 'heard';
  }
}

const ASK: Readonly<Record<string, (port: number) => Promise<Answering>>> = {
  '2025-11-25': async (port) =>
    start(port, { headers: await openSession(port), body: message('tools/call', { name: 'chatter' }) }),
  '2026-07-28': (port) => {
    const _meta = {
      [`${META}protocolVersion`]: '2026-07-28',
      [`${META}clientCapabilities`]: {},
      [`${META}logLevel`]: 'info',
    };
    const headers = { ...STATELESS, 'mcp-method': 'tools/call', 'mcp-name': 'chatter' };
    return start(port, { headers, body: message('tools/call', { name: 'chatter', _meta }) });
  },
};

describe.each(['2025-11-25', '2026-07-28'] as const)('What a call of %s logs', (revision) => {
  let app: App;
  let server: HttpServer;
  beforeEach(async () => {
    [written, hasSaidAll, isHeard] = [0, false, false];
    app = await createApp({ name: 'news', version: '1.0.0', use: [Chatter] });
    server = await serveHttp(app, { port: 0 });
  });
  afterEach(async () => {
    isHeard = true;
    await server.close();
    await app.close();
  });

  it('is not even written while its client does not read, and comes through once it does', async () => {
    const answering = await (ASK[revision] as (port: number) => Promise<Answering>)(server.port);
    answering.incoming.pause();
    await until(() => hasSaidAll);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(LINES / 2);

    answering.incoming.resume();
    await answering.find(({ params }) => params?.data === 'still here', 20_000);
    isHeard = true;
    expect((await answering.response())['result'].content).toEqual([{ type: 'text', text: 'heard' }]);
  });
});
