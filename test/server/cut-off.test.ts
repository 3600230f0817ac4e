import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type App, type CallContext, createApp, Tool } from 'perdura';
import { listener } from '../../framework/server/http/handler.js';
import { httpSettings } from '../../framework/server/http/options.js';
import { until } from '../fixtures/until.js';
import { message, openSession, start, startStateless } from '../processes/client.js';

let running = 0;

@Tool({ name: 'stay', description: 'Never ends, whatever it is told.' })
class Stay {
  call(_: unknown, ctx: CallContext): Promise<string> {
    ctx.progress(1);
    running++;
    return new Promise(() => undefined);
  }
}

describe('a call that outlasts the time that a server which stops can wait', () => {
  it('is answered with an error that says so, on a stream or not, on both revisions', async () => {
    const app: App = await createApp({ name: 'inn', version: '1.0.0', use: [Stay] });
    // How long it waits is the server's to say, and too long for a test.
    const { serve, endpoint } = listener(app, httpSettings({ port: 0 }));
    const server = createServer(serve).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = await openSession(port);
    const params = { name: 'stay', arguments: {} };
    const streamed = await start(port, {
      headers,
      body: message('tools/call', { ...params, _meta: { progressToken: 1 } }),
    });
    const plain = [
      start(port, { headers, body: message('tools/call', params) }),
      startStateless(port, 'tools/call', params),
    ];
    await until(() => running === 3);
    await endpoint.close(0);
    const answered = await Promise.all(plain);
    expect(answered.map(({ status }) => status)).toEqual([503, 503]);
    for (const answering of [streamed, ...answered]) {
      const { error } = await answering.response();
      expect(error).toMatchObject({
        code: -32603,
        message: expect.stringMatching(/^The server stopped before the call/),
      });
    }
    server.close();
    await app.close();
  });
});
