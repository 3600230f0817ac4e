import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { type App, createApp, type Limits, type Plugin, Prompt, type RateLimits, Resource, Task, Tool } from 'perdura';
import { httpHandler, type HttpHandler } from 'perdura/http';
import { checkedConnect as connect } from '../checked-connect.js';
import { until } from '../fixtures/until.js';
import { openSession, type Received, send, sessionRequest, STATELESS, statelessRequest } from '../server/send.js';
import type { Fields } from './raw-client.js';

/** Ends what `hold` has begun, the first first. */
const holding: (() => void)[] = [];

class Bell {
  @Tool({ name: 'hold', description: 'Rings until it is let go.' })
  async hold(): Promise<string> {
    await new Promise<void>((resolve) => holding.push(resolve));
    return 'dong';
  }

  @Tool({ name: 'ring', description: 'Rings.' })
  ring(): string {
    return 'ding';
  }

  @Task({ name: 'toll', description: 'Rings for long.' })
  toll(): string {
    return 'dong';
  }

  @Prompt({ name: 'polite', description: 'Asks to ring.' })
  polite(): string {
    return 'Please ring.';
  }

  @Resource({ name: 'tower', uriTemplate: 'bell://{tower}', complete: { tower: () => ['north'] } })
  tower({ tower }: { tower: string }): string {
    return tower;
  }
}

const AUDIT: Plugin = {
  name: 'audit',
  setup: (host) => host.extension({ id: 'com.example/audit', methods: { 'audit/list': { serve: () => ({}) } } }),
};

const ONCE_IN_1000_SECONDS = { perSecond: 0.001 };

describe.each(['2025-11-25', '2026-07-28'] as const)('how often a caller may call on %s', (revision) => {
  let app: App;
  let mcp: HttpHandler;
  let server: Server;
  let port: number;

  /** Owners come by `authorization`, and strangers from the address in `x-from`. */
  const start = async (rate: RateLimits = {}, limits: Limits = {}): Promise<void> => {
    app = await createApp({ name: 'bell', version: '1.0.0', use: [Bell, AUDIT], limits: { rate, ...limits } });
    const authenticate = ({ headers }: { headers: Fields }) => ({
      owner: (headers['authorization'] as string | undefined) ?? 'anonymous',
      scopes: [],
    });
    mcp = httpHandler(app, { authenticate });
    server = createServer((request, response) => {
      const value = request.headers['x-from'] ?? '127.0.0.1';
      Object.defineProperty(request.socket, 'remoteAddress', { value });
      mcp(request, response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  };
  afterEach(async () => {
    await mcp.close();
    server.close();
    await app.close();
  });

  const as = async (
    headers: Record<string, string>,
  ): Promise<(method: string, params?: Fields) => Promise<Received>> => {
    const session = revision === '2025-11-25' ? await openSession(port, headers) : {};
    return (method, params = {}) => {
      if (revision === '2025-11-25') return send(port, { headers: session, body: sessionRequest(method, params) });
      const named = (params['name'] ?? params['uri'] ?? params['taskId']) as string | undefined;
      const routing = { ...STATELESS, 'mcp-method': method, ...(named && { 'mcp-name': named }) };
      return send(port, { headers: { ...headers, ...routing }, body: statelessRequest(method, params) });
    };
  };
  const RING = { name: 'ring' };

  // Spec: tools.rate-limit
  it('is limited, and who is refused is told when to try again', async () => {
    await start({ calls: { ...ONCE_IN_1000_SECONDS, burst: 2 } });
    const ann = await as({ authorization: 'ann' });
    expect((await ann('tools/call', RING)).status).toBe(200);
    expect((await ann('tools/call', RING)).status).toBe(200);
    const { status, headers, body } = await ann('tools/call', RING);
    expect([status, headers['retry-after']]).toEqual([429, '1000']);
    const { error } = JSON.parse(body) as { error: Fields };
    expect(error).toMatchObject({ code: -32603, data: { reason: 'rate', retryAfter: 1000 } });
    expect(error['message']).toBe('You call too often. Try again in 1000 seconds.');
  });

  // Spec: completion.rate-limit
  it.each([
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 'bell://{tower}' }, argument: { name: 'tower', value: '' } },
    ],
    ['prompts/get', { name: 'polite' }],
    ['resources/read', { uri: 'bell://north' }],
    ['audit/list', {}],
  ])('counts %s as well', async (method, params) => {
    await start({ calls: { ...ONCE_IN_1000_SECONDS, burst: 1 } });
    const ann = await as({ authorization: 'ann' });
    expect((await ann(method, params)).status).toBe(200);
    expect((await ann(method, params)).status).toBe(429);
    expect((await ann('tools/call', RING)).status).toBe(429);
    expect((await ann('tools/list')).status).toBe(200);
  });

  it('counts what is read to see whether it may be followed', async () => {
    await start({ calls: { ...ONCE_IN_1000_SECONDS, burst: 1 } });
    const ann = await as({ authorization: 'ann' });
    expect((await ann('tools/call', RING)).status).toBe(200);
    const uri = 'bell://north';
    const followed =
      revision === '2025-11-25'
        ? await ann('resources/subscribe', { uri })
        : await ann('subscriptions/listen', { notifications: { resourceSubscriptions: [uri] } });
    expect(followed.status).toBe(429);
  });

  // Spec: tasks.rate-limit@2025-11-25
  it('is limited apart for tasks', async () => {
    await start({ tasks: { ...ONCE_IN_1000_SECONDS, burst: 2 } });
    const ann = await as({ authorization: 'ann' });
    const isRefused = async (): Promise<boolean> => (await ann('tasks/get', { taskId: 'guessed' })).status === 429;
    expect([await isRefused(), await isRefused(), await isRefused()]).toEqual([false, false, true]);
    expect((await ann('tools/call', RING)).status).toBe(200);
  });

  it('is counted by owner, whatever the session or the address', async () => {
    await start({ calls: { ...ONCE_IN_1000_SECONDS, burst: 1 } });
    const ann = await as({ authorization: 'ann', 'x-from': '192.0.2.1' });
    const again = await as({ authorization: 'ann', 'x-from': '192.0.2.2' });
    const bob = await as({ authorization: 'bob', 'x-from': '192.0.2.1' });
    expect((await ann('tools/call', RING)).status).toBe(200);
    expect((await again('tools/call', RING)).status).toBe(429);
    expect((await bob('tools/call', RING)).status).toBe(200);
  });

  it('is counted by address where nobody says who they are, and together on this machine', async () => {
    await start({ calls: { ...ONCE_IN_1000_SECONDS, burst: 1 } });
    const statuses: number[] = [];
    for (const from of ['192.0.2.1', '192.0.2.1', '192.0.2.2', '127.0.0.1', '::1', '::ffff:127.0.0.1']) {
      const stranger = await as({ 'x-from': from });
      statuses.push((await stranger('tools/call', RING)).status);
    }
    expect(statuses).toEqual([200, 429, 200, 200, 429, 429]);
  });

  it('is counted by the first half of an address of IPv6, all the rest of which may be one stranger’s', async () => {
    await start({ calls: { ...ONCE_IN_1000_SECONDS, burst: 1 } });
    const statuses: number[] = [];
    for (const from of [
      ...['2001:db8:1:2::1', '2001:db8:1:2:ffff:0:0:9', '2001:db8:1:3::1'],
      ...['2001:db8::1', '2001:db8:0:0:5::1', '2001:db8:1::1', '::5', '::6:7'],
    ]) {
      const stranger = await as({ 'x-from': from });
      statuses.push((await stranger('tools/call', RING)).status);
    }
    expect(statuses).toEqual([200, 429, 200, 200, 429, 200, 200, 429]);
  });

  it('is limited in memory too, by a JSON-RPC error', async () => {
    await start({ calls: { ...ONCE_IN_1000_SECONDS, burst: 1 } });
    const client = await connect(app, { revision });
    await client.callTool('ring');
    await expect(client.callTool('ring')).rejects.toMatchObject({ code: -32603, data: { retryAfter: 1000 } });
  });

  it('is bounded for what runs at a time, by caller, and there is room again when something ends', async () => {
    await start({}, { concurrentCalls: 2 });
    const ann = await as({ authorization: 'ann' });
    const bob = await as({ authorization: 'bob' });
    const held = [ann('tools/call', { name: 'hold' }), ann('tools/call', { name: 'hold' })];
    await until(() => holding.length === 2);
    const { status, headers, body } = await ann('resources/read', { uri: 'bell://north' });
    expect([status, headers['retry-after']]).toEqual([429, '1']);
    const { error } = JSON.parse(body) as { error: Fields };
    expect(error).toMatchObject({ code: -32603, data: { reason: 'concurrency', retryAfter: 1 } });
    expect(error['message']).toBe('Too many of your calls are running. Try again when one of them has ended.');
    // Neither lists nor others have to wait for it.
    expect((await ann('tools/list')).status).toBe(200);
    expect((await bob('tools/call', RING)).status).toBe(200);
    holding.shift()?.();
    expect((await Promise.race(held)).status).toBe(200);
    expect((await ann('tools/call', RING)).status).toBe(200);
    expect((await ann('tools/call', { name: 'unheard of' })).body).toContain('-32602');
    expect((await ann('tools/call', RING)).status).toBe(200);
    holding.shift()?.();
    await Promise.all(held);
  });

  it('is bounded in memory too, for all whom nothing tells apart', async () => {
    await start({}, { concurrentCalls: 1 });
    const [one, other] = [await connect(app, { revision }), await connect(app, { revision })];
    const held = one.callTool('hold');
    await until(() => holding.length === 1);
    await expect(other.callTool('ring')).rejects.toMatchObject({ code: -32603, data: { reason: 'concurrency' } });
    holding.shift()?.();
    await held;
    await other.callTool('ring');
  });

  it('is enough by default for whoever is in their right mind', async () => {
    await start();
    const ann = await as({ authorization: 'ann' });
    const calls = await Promise.all(Array.from({ length: 200 }, () => ann('tools/call', RING)));
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe('A rate', () => {
  it.each([
    ['calls.perSecond', { calls: { perSecond: 0 } }],
    ['tasks.perSecond', { tasks: { perSecond: Number.NaN } }],
    ['calls.burst', { calls: { perSecond: 5, burst: 0.5 } }],
  ])('that cannot be meant fails the start: %s', async (name, rate) => {
    const starting = createApp({ name: 'bell', version: '1.0.0', use: [Bell], limits: { rate } });
    await expect(starting).rejects.toMatchObject({
      mistakes: [{ code: 'INVALID_RATE', facts: [name, expect.anything()] }],
    });
  });
});
