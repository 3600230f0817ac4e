import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { serveHttp, type HttpServer } from '../../framework/http.js';
import { echoApp, type EchoApp } from './echo-app.js';
import { type Answering, start } from '../processes/client.js';
import { until } from '../fixtures/until.js';
import { events, openSession, send, sessionRequest, STATELESS, statelessRequest, WELL_BEHAVED } from './send.js';

describe('An answer in parts', () => {
  let app: EchoApp;
  let server: HttpServer;
  let port: number;
  const serve = async (keepAlive = 15_000): Promise<void> => {
    app = echoApp();
    server = await serveHttp(app, { port: 0, keepAlive });
    ({ port } = server);
  };
  afterEach(async () => {
    app.release();
    await server.close();
  });

  /** Opens a request and hands out its answer as soon as its headers are there. */
  const open = async (body: object): Promise<IncomingMessage> => {
    const outgoing = request({
      port,
      host: '127.0.0.1',
      path: '/mcp',
      method: 'POST',
      headers: { ...WELL_BEHAVED, ...STATELESS },
    });
    outgoing.on('error', () => undefined).end(JSON.stringify(body));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return incoming.on('error', () => undefined);
  };

  /** All of an answer, by a reader that takes nothing before everything was said. */
  const readLate = async (body: object): Promise<Buffer> => {
    const incoming = (await open(body)).pause();
    await until(() => app.seen.includes('said'));
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).resume();
    await once(incoming, 'end');
    return Buffer.concat(chunks);
  };

  // Spec: http.content-type@2026-07-28, stream.ends, stream.unbuffered
  it('is an event stream that ends with the result', async () => {
    await serve();
    const { headers, body } = await send(port, { headers: STATELESS, body: statelessRequest('talk', { count: 3 }) });
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'transfer-encoding': 'chunked',
    });
    const messages = events(body);
    expect(messages.map((message) => message['method'] ?? message['result'])).toEqual([
      'notifications/progress',
      'notifications/progress',
      'notifications/progress',
      { done: true },
    ]);
  });

  // Spec: ping.sparing
  it('sends its headers with its first message, and comments while it is quiet', async () => {
    await serve(20);
    const incoming = await open(statelessRequest('wait', { stream: true }));
    expect(incoming.headers['content-type']).toBe('text/event-stream');
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await until(() => (text.match(/^:$/gm) ?? []).length >= 2);
    app.release();
    await once(incoming, 'end');
    expect(events(text)).toHaveLength(2);
  });

  // Spec: stream.closed, cancel.disconnect
  it('tells the request when its client goes, streaming or not', async () => {
    await serve();
    const incoming = await open(statelessRequest('wait', { stream: true }));
    incoming.destroy();
    await until(() => app.seen.includes('closed wait'));

    const silent = request({
      port,
      host: '127.0.0.1',
      path: '/mcp',
      method: 'POST',
      headers: { ...WELL_BEHAVED, ...STATELESS },
    });
    silent.on('error', () => undefined).end(JSON.stringify(statelessRequest('wait')));
    await until(() => app.seen.filter((entry) => entry === 'serve wait').length === 2);
    silent.destroy();
    await until(() => app.seen.filter((entry) => entry === 'closed wait').length === 2);
  });

  // Spec: progress.rate-limit
  it('keeps only the latest progress for a reader that is slow, and the result comes last', async () => {
    await serve();
    const body = await readLate(statelessRequest('talk', { count: 20_000, size: 1_000 }));
    // 20 MB were said. What was kept for the reader is a megabyte beside what the sockets of both sides hold.
    expect(body.length).toBeLessThan(12 * 1024 * 1024);
    const messages = events(body.toString());
    const steps = messages.slice(0, -1).map((message) => (message['params'] as { progress: number }).progress);
    expect(messages.at(-1)).toMatchObject({ result: { done: true } });
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps.at(-1)).toBe(20_000);
  });

  // Spec: logging.rate-limit, logging.flood
  it('has no more log messages than a slow reader can take, and the result all the same', async () => {
    await serve();
    const logs = { count: 20_000, size: 1_000, method: 'notifications/message' };
    const body = await readLate(statelessRequest('talk', logs));
    expect(body.length).toBeLessThan(12 * 1024 * 1024);
    expect(events(body.toString()).at(-1)).toMatchObject({ result: { done: true } });
  });

  it('is cut when its reader stops reading what must not be lost', async () => {
    await serve();
    const method = 'notifications/resources/updated';
    const incoming = await open(statelessRequest('talk', { count: 20_000, size: 1_000, method }));
    incoming.pause();
    await until(() => app.seen.includes('closed talk'));
    incoming.destroy();
  });

  it('is cut when its reader takes nothing for long', async () => {
    await serve(20);
    const incoming = await open(statelessRequest('talk', { count: 20_000, size: 1_000, hold: true }));
    incoming.pause();
    await until(() => app.seen.includes('closed talk'));
    incoming.destroy();
  });

  // Spec: http.one-stream, http.no-broadcast, http.get
  it('of a session: one at a time, the newest gets the messages', async () => {
    await serve();
    const session = await openSession(port);
    const get = (): Promise<Answering> =>
      start(port, { method: 'GET', headers: { ...session, accept: 'text/event-stream' } });
    const say = (method: string): void => app.sinks[0]?.({ jsonrpc: '2.0', method });
    say('notifications/prompts/list_changed');
    const first = await get();
    say('notifications/tools/list_changed');
    const second = await get();
    await until(() => first.isOver);
    expect(first.messages).toEqual([{ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }]);
    say('notifications/resources/list_changed');
    expect((await send(port, { method: 'DELETE', headers: session })).status).toBe(204);
    await until(() => second.isOver);
    expect(second.messages).toEqual([{ jsonrpc: '2.0', method: 'notifications/resources/list_changed' }]);
    expect(app.sinks.at(-1)).toBeUndefined();
    expect((await send(port, { headers: session, body: sessionRequest('echo') })).status).toBe(404);
  });

  it('is not opened for a client that could not read it', async () => {
    await serve();
    const session = await openSession(port);
    const answer = await send(port, { method: 'GET', headers: { ...session, accept: 'application/json' } });
    expect(answer.status).toBe(406);
  });
});
