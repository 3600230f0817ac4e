import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { checked } from '../clients/checked-transport.js';
import { Balancer } from '../fixtures/balancer.js';
import { until } from '../fixtures/until.js';
import { send } from '../server/send.js';
import { type Fields, message, openSession, SESSION_VERSION, start } from './client.js';
import { Crew, type Member } from './crew.js';

/** Each start compiles the sources anew, on a machine that does other things too. */
jest.setTimeout(60_000);

describe('2025-11-25 sessions in two web processes', () => {
  let crew: Crew;
  let webs: readonly [Member, Member];

  beforeAll(async () => {
    crew = await Crew.start();
    const [a, b] = await Promise.all([crew.add('web'), crew.add('web'), crew.add('worker')]);
    webs = [a, b];
  });
  afterAll(() => crew.close());

  const call = (name: string, args: Fields = {}, extra: Fields = {}): Fields =>
    message('tools/call', { name, arguments: args, ...extra });
  const textOf = ({ result }: Fields): unknown => result.content[0].text;

  it('serve the SDK’s client whichever process each of its requests reaches', async () => {
    const balancer = await Balancer.start(webs.map(({ port }) => port));
    const client = new Client({ name: 'sdk-v1', version: '1.0.0' }, { capabilities: { elicitation: { form: {} } } });
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
    await client.connect(
      checked(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${balancer.port}/mcp`)), '2025-11-25'),
    );

    const served = new Set<unknown>();
    for (let turn = 0; turn < 4; turn++) served.add(textOf({ result: await client.callTool({ name: 'who' }) }));
    expect(served).toEqual(new Set(webs.map(({ pid }) => String(pid))));
    expect(textOf({ result: await client.callTool({ name: 'greet' }) })).toBe('Hello, Ada!');

    const statuses: string[] = [];
    const stream = client.experimental.tasks.callToolStream({ name: 'greet_later' }, CallToolResultSchema, {
      task: { ttl: 60_000 },
    });
    for await (const told of stream) statuses.push(told.type);
    expect(statuses.at(-1)).toBe('result');
    await client.close();
    balancer.close();
  });

  it('take the answer to a question on an open stream through either process', async () => {
    const [a, b] = webs;
    const headers = await openSession(a.port);
    for (const [asks, answers] of [
      [a, b],
      [b, a],
      [a, a],
    ] as const) {
      const answering = await start(asks.port, { headers, body: call('greet') });
      const { id } = await answering.find(({ method }) => method === 'elicitation/create');
      const body = { jsonrpc: '2.0', id, result: { action: 'accept', content: { name: 'Grace' } } };
      const { status } = await start(answers.port, { headers, body });
      expect(status).toBe(202);
      expect(textOf(await answering.response())).toBe('Hello, Grace!');
    }
  });

  it('let nobody but their owner answer, or even know of them', async () => {
    const [a, b] = webs;
    const headers = await openSession(a.port);
    const answering = await start(a.port, { headers, body: call('greet') });
    const { id } = await answering.find(({ method }) => method === 'elicitation/create');
    const forged = { jsonrpc: '2.0', id, result: { action: 'accept', content: { name: 'Eve' } } };
    const eve = await openSession(b.port, 'eve');
    expect((await start(b.port, { headers: { ...headers, authorization: 'eve' }, body: forged })).status).toBe(404);
    // Eve's own session may say what it likes: it speaks for no other.
    expect((await start(b.port, { headers: eve, body: forged })).status).toBe(202);
    await start(b.port, { headers, body: { ...forged, result: { action: 'accept', content: { name: 'Ada' } } } });
    expect(textOf(await answering.response())).toBe('Hello, Ada!');
  });

  it('cancel a call through either process', async () => {
    const [a, b] = webs;
    const headers = await openSession(a.port);
    const asked = call('greet');
    const answering = await start(a.port, { headers, body: asked });
    await answering.find(({ method }) => method === 'elicitation/create');
    const body = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: asked['id'] as number } };
    expect((await start(b.port, { headers, body })).status).toBe(202);
    await until(() => answering.isOver);
    expect(answering.messages.filter((each) => each['id'] === asked['id'])).toEqual([]);
  });

  it('keep the log level that was set in another process', async () => {
    const [a, b] = webs;
    const headers = await openSession(a.port);
    const log = async (web: Member): Promise<number> => {
      const answering = await start(web.port, { headers, body: call('note') });
      await answering.response();
      return answering.messages.filter(({ method }) => method === 'notifications/message').length;
    };
    expect([await log(a), await log(b)]).toEqual([1, 1]);
    await (await start(b.port, { headers, body: message('logging/setLevel', { level: 'error' }) })).response();
    expect([await log(a), await log(b)]).toEqual([0, 0]);
  });

  it('end everywhere at once when they are deleted in one process', async () => {
    const [a, b] = webs;
    const headers = await openSession(a.port);
    const stream = await start(b.port, { method: 'GET', headers });
    const answering = await start(b.port, { headers, body: call('greet') });
    await answering.find(({ method }) => method === 'elicitation/create');
    expect((await send(a.port, { method: 'DELETE', headers })).status).toBe(204);
    for (const { port } of webs) expect((await send(port, { headers, body: call('who') })).status).toBe(404);
    await until(() => stream.isOver && answering.isOver);
  });

  it('stay within the limit of their owner, however its requests are spread', async () => {
    const ids: Record<string, string>[] = [];
    for (let turn = 0; turn < 22; turn++) ids.push(await openSession((webs[turn % 2] as Member).port, 'busy'));
    const alive = await Promise.all(
      ids.map(
        async (headers, turn) =>
          (await send((webs[(turn + 1) % 2] as Member).port, { headers, body: call('who') })).status,
      ),
    );
    expect(alive).toEqual([404, 404, ...Array.from({ length: 20 }, () => 200)]);
  });

  it('are known to a process that starts later, and outlive the one that opened them', async () => {
    const passing = await crew.add('web');
    const headers = await openSession(passing.port);
    expect(await passing.end('SIGKILL')).toBeNull();
    const answered = await start(webs[0].port, { headers, body: call('who') });
    expect(textOf(await answered.response())).toBe(String(webs[0].pid));
    expect(headers).toMatchObject(SESSION_VERSION);
  });

  it('say that they are ready, and that they are not while Redis is away', async () => {
    const [{ port }] = webs;
    const probe = async (name: string): Promise<number> =>
      (await send(port, { method: 'GET', path: `/health/${name}`, headers: { host: '10.1.2.3' } })).status;
    const headers = await openSession(port);
    expect([await probe('live'), await probe('ready')]).toEqual([200, 200]);
    await crew.redis.kill();
    await until(async () => (await probe('ready')) === 503);
    expect(await probe('live')).toBe(200);
    // What is open here goes on; what only Redis knows of is to be asked for again.
    expect((await send(port, { headers, body: call('who') })).status).toBe(200);
    const counting = await start(port, { headers, body: call('count', { to: 3 }, { _meta: { progressToken: 1 } }) });
    expect(textOf(await counting.response())).toBe('counted to 3');
    expect(counting.messages).toHaveLength(4);
    const polled = await start(port, { headers, body: message('tasks/get', { taskId: 'any' }) });
    expect((await polled.response())['error']).toMatchObject({ code: -32603, data: { retryAfter: 2 } });
    const asked = call('who');
    const elsewhere = await send(webs[1].port, { headers, body: asked });
    expect([elsewhere.status, elsewhere.headers['retry-after']]).toEqual([503, '2']);
    expect(JSON.parse(elsewhere.body)).toMatchObject({ id: asked['id'] });
    await crew.redis.restart();
    await until(async () => (await probe('ready')) === 200);
    await until(async () => (await send(webs[1].port, { headers, body: call('who') })).status === 200);
  });
});
