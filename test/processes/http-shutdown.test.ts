import { once } from 'node:events';
import { until } from '../fixtures/until.js';
import { type Answering, type Fields, message, openSession, start, startStateless } from './client.js';
import { argumentsOf, Child, STARTS } from './restless.js';

jest.setTimeout(2 * STARTS);

const serve = async (): Promise<{ server: Child; port: number }> => {
  const server = new Child(argumentsOf('restless-http.ts'), ['ignore', 'pipe', 'pipe', 'ipc']);
  const [{ port }] = (await once(server.process, 'message')) as [{ port: number }];
  return { server, port };
};
const call = (name: string): Fields => message('tools/call', { name, arguments: {} });

describe('an HTTP server in a process of its own that is told to stop', () => {
  // Spec: listen.graceful, stream.ends
  it('lets streams and calls come to their ends, parks its tasks, and ends with code 0', async () => {
    const { server, port } = await serve();
    const headers = await openSession(port);
    const standing = await start(port, { method: 'GET', headers });
    const listening = await startStateless(port, 'subscriptions/listen', { notifications: {} });
    const streaming = await start(port, {
      headers,
      body: message('tools/call', { name: 'stream', arguments: {}, _meta: { progressToken: 1 } }),
    });
    const waiting = start(port, { headers, body: call('part') });
    const task = await startStateless(port, 'tools/call', { name: 'doze', arguments: {} });
    expect((await task.response())['result'].resultType).toBe('task');
    await Promise.all([server.at('waiting'), server.at('dozing')]);
    await listening.find(({ method }) => method === 'notifications/subscriptions/acknowledged');
    await until(() => server.err.split('<waiting>').length === 3);

    server.process.kill('SIGTERM');
    expect(await server.ended()).toBe(0);
    const said = async (answering: Answering): Promise<unknown> => (await answering.response())['result'];
    expect(await said(await waiting)).toMatchObject({ content: [{ text: 'goodbye' }] });
    expect(await said(streaming)).toMatchObject({ content: [{ text: 'goodbye' }] });
    expect(await said(listening)).toMatchObject({ resultType: 'complete' });
    await until(() => standing.isOver);
  });

  it('ends at once when it is told so twice, though a client does not read and a call does not end', async () => {
    const { server, port } = await serve();
    const headers = await openSession(port);
    const flooded = await start(port, { headers, body: call('flood') });
    flooded.incoming.pause();
    const staying = start(port, { headers, body: call('stay') }).catch(() => undefined);
    await server.at('staying');
    server.process.kill('SIGTERM');
    await server.at('stopping');
    server.process.kill('SIGTERM');
    expect(await server.ended()).toBe('SIGTERM');
    await staying;
  });
});
