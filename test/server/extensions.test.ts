import { IsInt, Min } from 'class-validator';
import { type App, type BootError, createApp, type Extension, jsonSchema, type Plugin, ProtocolError } from 'perdura';
import { serveHttp } from 'perdura/http';
import type { ConnectOptions, TestClient } from 'perdura/testing';
import { checkedConnect as connect } from '../checked-connect.js';
import { until } from '../fixtures/until.js';
import { send, STATELESS, statelessRequest } from './send.js';

class Span {
  @IsInt() @Min(1) days!: number;
}

const AUDIT = 'com.example/audit';

class Auditor {
  readonly reports: unknown[] = [];
  readonly aborted: string[] = [];
  waiting = 0;

  readonly extension: Extension = {
    id: AUDIT,
    settings: { levels: ['low', 'high'] },
    notifications: ['notifications/audit/found'],
    methods: {
      'audit/list': {
        params: Span,
        serve: ({ days }: Span, { principal, declared, revision }) => ({
          audits: [`${principal.owner} ${days}`],
          declared: declared ?? null,
          revision,
        }),
      },
      'audit/named': {
        params: jsonSchema<{ audit: string }>({ type: 'object', properties: { audit: { type: 'string' } } }),
        namedBy: 'audit',
        serve: ({ audit }: { audit: string }) => ({ audit }),
      },
      'audit/any': { serve: (params) => ({ params }) },
      'audit/typed': { serve: () => ({ resultType: 'audit', _meta: { 'com.example/a': 1 } }) },
      'audit/find': {
        serve: (_params, { notify }) => {
          notify('notifications/audit/found', { name: 'first' });
          notify('notifications/audit/found');
          return {};
        },
      },
      'audit/slip': {
        serve: (_params, { notify }) => {
          notify('notifications/audit/lost');
          return {};
        },
      },
      'audit/refuse': {
        serve: () => {
          throw new ProtocolError(-32050, 'Audits are closed.', { until: 'Monday' });
        },
      },
      'audit/wait': {
        serve: (_params, { signal, revision }) =>
          new Promise((_resolve, reject) => {
            this.waiting++;
            signal.addEventListener('abort', () => {
              this.aborted.push(revision);
              reject(new Error('given up'));
            });
          }),
      },
    },
  };
}

const plugin = (name: string, ...extensions: readonly Extension[]): Plugin => ({
  name,
  setup: (host) => extensions.forEach((extension) => host.extension(extension)),
});

/** The methods of the extensions here, which no official schema knows. */
const OWN = [
  ...['list', 'any', 'typed', 'find', 'slip', 'wait'].map((name) => `audit/${name}`),
  ...['guarded/get', 'early/get', 'notifications/audit/found'],
];

describe.each(['2025-11-25', '2026-07-28'] as const)('An extension on %s', (revision) => {
  let auditor: Auditor;
  let app: App;
  let client: TestClient;
  const open = (options: Partial<ConnectOptions> = {}): Promise<TestClient> =>
    connect(app, { revision, own: OWN, ...options });
  beforeAll(async () => {
    auditor = new Auditor();
    const guarded: Extension = {
      id: 'com.example/guarded',
      clientMustDeclare: true,
      methods: { 'guarded/get': { serve: (_params, { declared }) => ({ declared }) } },
    };
    const early: Extension = {
      id: 'com.example/early',
      revisions: ['2025-11-25'],
      methods: { 'early/get': { serve: () => ({}) } },
    };
    app = await createApp({
      name: 'extended',
      version: '1.0.0',
      use: [plugin('audit', auditor.extension), plugin('more', guarded, early)],
      report: (error) => void auditor.reports.push(error),
    });
    client = await open();
  });
  afterAll(() => app.close());

  it('is declared with its settings on the revisions that it is for, and on no other', async () => {
    const result =
      revision === '2026-07-28'
        ? await client.request('server/discover')
        : (client.messages.find(({ method }) => method === 'initialize')?.message as { result: object }).result;
    const both = { [AUDIT]: { levels: ['low', 'high'] }, 'com.example/guarded': {} };
    expect(result).toMatchObject({ capabilities: { extensions: expect.anything() } });
    const { extensions } = (result as { capabilities: { extensions: object } }).capabilities;
    expect(extensions).toEqual(revision === '2025-11-25' ? { ...both, 'com.example/early': {} } : both);
    const early = client.request('early/get');
    await (revision === '2025-11-25' ? early : expect(early).rejects.toMatchObject({ code: -32601, status: 404 }));
  });

  it('is served with params that were checked, and told who asks', async () => {
    const { _meta, resultType, ...result } = await client.request('audit/list', { days: 3 });
    expect(result).toEqual({ audits: ['anonymous 3'], declared: null, revision });
    expect(resultType).toBe(revision === '2026-07-28' ? 'complete' : undefined);
    await expect(client.request('audit/list', { days: 0 })).rejects.toMatchObject({ code: -32602 });
    await expect(client.request('audit/list', {})).rejects.toMatchObject({ code: -32602 });
  });

  it('is given params without their _meta', async () => {
    expect(await client.request('audit/any', { a: 1 }, { progressToken: 1 })).toMatchObject({ params: { a: 1 } });
  });

  it('sees what a client declared for it', async () => {
    const declaring = await open({ extensions: { [AUDIT]: { levels: ['low'] } } });
    expect(await declaring.request('audit/list', { days: 1 })).toMatchObject({ declared: { levels: ['low'] } });
  });

  it('may be for clients alone that declare it', async () => {
    const refused =
      revision === '2026-07-28'
        ? {
            code: -32021,
            status: 400,
            data: { requiredCapabilities: { extensions: { 'com.example/guarded': {} } } },
          }
        : { code: -32601 };
    await expect(client.request('guarded/get')).rejects.toMatchObject(refused);
    const declaring = await open({ extensions: { 'com.example/guarded': {} } });
    expect(await declaring.request('guarded/get')).toMatchObject({ declared: {} });
  });

  it('refuses in its own words, and keeps those of other errors to itself', async () => {
    await expect(client.request('audit/refuse')).rejects.toMatchObject({
      code: -32050,
      message: 'Audits are closed.',
      data: { until: 'Monday' },
    });
  });

  it('may have results of a type of its own', async () => {
    expect(await client.request('audit/typed')).toMatchObject({ resultType: 'audit' });
  });

  it('sends its notifications ahead of the result, and none that it does not list', async () => {
    const arrived: unknown[] = [];
    await client.request('audit/find', {}, { onMessage: ({ method, params }) => arrived.push([method, params]) });
    expect(arrived).toEqual([
      ['notifications/audit/found', { name: 'first' }],
      ['notifications/audit/found', undefined],
    ]);
    await expect(client.request('audit/slip')).rejects.toMatchObject({ code: -32603 });
    expect(auditor.reports).toContainEqual(expect.objectContaining({ code: 'UNDECLARED_NOTIFICATION' }));
  });

  it('is told when its client no longer waits', async () => {
    const stop = new AbortController();
    const before = auditor.waiting;
    const waiting = client.request('audit/wait', {}, { signal: stop.signal });
    await until(() => auditor.waiting > before);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ message: 'The request was cancelled.' });
    expect(auditor.aborted).toContain(revision);
  });
});

describe('An extension', () => {
  it('has its Mcp-Name checked against its params over HTTP', async () => {
    const app = await createApp({ name: 'named', version: '1.0.0', use: [plugin('audit', new Auditor().extension)] });
    const server = await serveHttp(app, { port: 0 });
    const headers = { ...STATELESS, 'mcp-method': 'audit/named' };
    const body = statelessRequest('audit/named', { audit: 'a' });
    expect((await send(server.port, { headers: { ...headers, 'mcp-name': 'a' }, body })).status).toBe(200);
    expect((await send(server.port, { headers: { ...headers, 'mcp-name': 'b' }, body })).status).toBe(400);
    expect((await send(server.port, { headers, body })).status).toBe(400);
    await server.close();
  });

  it('keeps the app from starting for all its mistakes at once', async () => {
    const serve = (): Record<string, unknown> => ({});
    const wrong = plugin(
      'wrong',
      { id: 'no-prefix' },
      { id: '-bad.example/x' },
      { id: 'io.modelcontextprotocol/tasks' },
      {
        id: 'com.example/a',
        methods: {
          'tools/call': { serve },
          'tasks/get': { serve },
          single: { serve },
          'notifications/a': { serve },
          'a/get': { serve, params: jsonSchema({ type: 'object', properties: 3 }) },
          'a/list': { serve, params: class Undecorated {} },
        },
        notifications: ['a/found', 'notifications/cancelled'],
      },
    );
    const twice = plugin('twice', { id: 'com.example/a', methods: { 'a/list': { serve } } });
    const started = createApp({ name: 'wrong', version: '1.0.0', use: [wrong, twice, class Nothing {}] });
    const mistakes = await started.then(
      () => [],
      (error: BootError) => error.mistakes.map(({ code, facts }) => `${code} ${String(facts[1])}`),
    );
    expect(mistakes.sort()).toEqual([
      'DUPLICATE_EXTENSION io.modelcontextprotocol/tasks perdura'.replace('io.modelcontextprotocol/tasks ', ''),
      'DUPLICATE_EXTENSION wrong',
      'DUPLICATE_EXTENSION_METHOD com.example/a',
      'ILLEGAL_EXTENSION_ID -bad.example/x',
      'ILLEGAL_EXTENSION_ID no-prefix',
      'ILLEGAL_EXTENSION_METHOD a/found',
      'ILLEGAL_EXTENSION_METHOD notifications/a',
      'ILLEGAL_EXTENSION_METHOD notifications/cancelled',
      'ILLEGAL_EXTENSION_METHOD single',
      'ILLEGAL_EXTENSION_METHOD tasks/get',
      'ILLEGAL_EXTENSION_METHOD tools/call',
      expect.stringMatching(/^INVALID_JSON_SCHEMA /),
      'NO_DECLARATIONS ',
      'NO_FIELDS undefined',
    ]);
  });
});
