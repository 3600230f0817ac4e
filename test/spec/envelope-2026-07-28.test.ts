import { IsString } from 'class-validator';
import { type App, type CallContext, Resource } from 'perdura';
import { hotelApp } from './hotel-app.js';
import { accept, META, type Pending, RawClient2026, textOf } from './raw-client.js';

const VERSION = `${META}protocolVersion`;
const CAPABILITIES = `${META}clientCapabilities`;
const INFO = `${META}clientInfo`;
const LEVEL = `${META}logLevel`;

/** Whether a request has no response yet, after as many turns of the loop as any answer here takes. */
async function waits({ response }: Pending): Promise<boolean> {
  let isOver = false;
  void response.then(() => (isOver = true));
  for (let turn = 0; turn < 20 && !isOver; turn++) await new Promise((resolve) => setImmediate(resolve));
  return !isOver;
}

describe('the envelope of a request of 2026-07-28', () => {
  let app: App;
  let client: RawClient2026;

  beforeAll(async () => {
    app = await hotelApp();
    client = new RawClient2026(app);
  });
  afterAll(() => app.close());

  // Spec: meta.required, meta.required-status, logging.invalid-level
  it.each([
    ['no _meta', { _meta: undefined }],
    ['a _meta that is a list', { _meta: [] }],
    ['no protocol version', { _meta: { [CAPABILITIES]: {} } }],
    ['a protocol version that is a number', { _meta: { [VERSION]: 20260728, [CAPABILITIES]: {} } }],
    ['no client capabilities', { _meta: { [VERSION]: '2026-07-28' } }],
    ['client capabilities that are a list', { _meta: { [VERSION]: '2026-07-28', [CAPABILITIES]: [] } }],
    ['a client without a version', { _meta: { [VERSION]: '2026-07-28', [CAPABILITIES]: {}, [INFO]: { name: 'x' } } }],
    ['an unknown log level', { _meta: { [VERSION]: '2026-07-28', [CAPABILITIES]: {}, [LEVEL]: 'loud' } }],
    ['a fractional progress token', { _meta: { [VERSION]: '2026-07-28', [CAPABILITIES]: {}, progressToken: 1.5 } }],
  ])('is refused with 400 and -32602 where it has %s', async (_, params) => {
    const response = await client.request('tools/list', params, { broken: true });
    expect(response).toMatchObject({ status: 400, error: { code: -32602 } });
  });

  it('may leave out who the client is', async () => {
    const params = {
      _meta: { [VERSION]: '2026-07-28', [CAPABILITIES]: {} },
      name: 'book',
      arguments: { wing: 'east' },
    };
    expect(textOf(await client.request('tools/call', params))).toBe('east-0');
  });

  // Spec: versions.unsupported, messages.defined-codes
  it.each(['1900-01-01', '2025-11-25', ''])(
    'is refused with -32022 and the known versions where it is of version %j',
    async (version) => {
      const response = await client.request('tools/list', {}, { meta: { [VERSION]: version } });
      expect(response).toMatchObject({
        status: 400,
        error: { code: -32022, data: { requested: version, supported: ['2026-07-28', '2025-11-25', '2025-06-18'] } },
      });
    },
  );

  it.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'tasks/list',
    'tasks/result',
    'resources/subscribe',
    'resources/unsubscribe',
    'notifications/initialized',
  ])('finds no method %s, with 404', async (method) => {
    expect(await client.request(method, {})).toMatchObject({ status: 404, error: { code: -32601 } });
  });

  // Spec: messages.result-type, meta.server-info, discover.implemented, discover.server-info, caching.hints
  it('is answered with who the server is, what may be cached and for how long', async () => {
    const lists = ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list', 'server/discover'];
    for (const method of lists) {
      const { result } = await client.request(method);
      expect(result).toMatchObject({ resultType: 'complete', ttlMs: 300_000, cacheScope: 'public' });
      expect(result._meta).toEqual({ [`${META}serverInfo`]: { name: 'hotel', version: '3.0.0' } });
    }
    const read = await client.request('resources/read', { uri: 'hotel://menu' });
    expect(read.result).toMatchObject({ resultType: 'complete', ttlMs: 0, cacheScope: 'private' });
    const called = await client.request('tools/call', { name: 'book', arguments: { wing: 'east' } });
    expect(called.result).toMatchObject({
      resultType: 'complete',
      _meta: { [`${META}serverInfo`]: { name: 'hotel' } },
    });
  });

  it('keeps what a resource says of its caching itself, once', async () => {
    @Resource({ name: 'rates', uri: 'hotel://rates' })
    class Rates {
      read() {
        return { contents: [{ uri: 'hotel://rates', text: '90' }], ttlMs: 60_000 };
      }
    }
    const rated = await hotelApp({ use: [Rates] });
    const { result } = await new RawClient2026(rated).request('resources/read', { uri: 'hotel://rates' });
    expect(result).toMatchObject({ ttlMs: 60_000, cacheScope: 'private' });
    await rated.close();
  });

  it('lets nobody cache what a resource made of answers, whatever it says itself', async () => {
    class Name {
      @IsString() name!: string;
    }
    @Resource({ name: 'card', uri: 'hotel://card' })
    class Card {
      async read(_: unknown, ctx: CallContext) {
        const { name } = await ctx.elicit('Who are you?', Name);
        return { contents: [{ uri: 'hotel://card', text: name }], ttlMs: 60_000, cacheScope: 'public' as const };
      }
    }
    const asking = await hotelApp({ use: [Card] });
    const rounds = await new RawClient2026(asking).converse('resources/read', { uri: 'hotel://card' }, () =>
      accept({ name: 'Ada' }),
    );
    expect(rounds).toHaveLength(2);
    expect(rounds[1]?.result).toMatchObject({ contents: [{ text: 'Ada' }], ttlMs: 0, cacheScope: 'private' });
    await asking.close();
  });

  // Spec: tools.capability, resources.capability, prompts.capability, completion.capability, logging.capability
  // Spec: extensions.identifier
  it('discovers versions, capabilities and instructions', async () => {
    const { result } = await client.request('server/discover');
    expect(result).toMatchObject({
      supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18'],
      instructions: 'Ask at the desk.',
      capabilities: {
        tools: {},
        resources: {},
        prompts: {},
        completions: {},
        logging: {},
        extensions: { [`${META}tasks`]: {} },
      },
    });
    expect(result.capabilities.tasks).toBeUndefined();
  });

  it('lists tools without what only 2025-11-25 knows, and with outputs of any type', async () => {
    const { tools } = (await client.request('tools/list')).result as {
      tools: { name: string; outputSchema?: unknown }[];
    };
    expect(tools.filter((tool) => 'execution' in tool)).toEqual([]);
    expect(tools.find(({ name }) => name === 'bells')?.outputSchema).toMatchObject({ type: 'array' });
    const { result } = await client.request('tools/call', { name: 'bells' });
    expect(result.structuredContent).toEqual([1, 2, 3]);
  });

  // Spec: logging.unasked
  it.each([
    ['none without a level', undefined, []],
    ['those of the level and above', 'info', ['info', 'error']],
    ['all at the lowest level', 'debug', ['debug', 'info', 'error']],
    ['none above all', 'emergency', []],
  ])('brings log messages: %s', async (_, level, levels) => {
    const call = client.start('tools/call', { name: 'tell' }, { meta: level === undefined ? {} : { [LEVEL]: level } });
    await call.response;
    expect(call.messages.map(({ params }) => params?.['level'])).toEqual(levels);
  });

  // Spec: cancel.disconnect, stream.silent
  it('ends its call when the client goes, and sends nothing more', async () => {
    const call = client.start('tools/call', { name: 'hang' });
    call.hangUp();
    expect((await call.response).silent).toBe(true);
  });

  // Spec: cancel.no-response, cancel.ignored, stdio.silent
  it('ends its call when it is cancelled on a channel that it shares, and no call of another channel', async () => {
    const [here, there] = [{}, {}];
    const one = client.start('tools/call', { name: 'hang' }, { channel: here });
    const other = client.start('tools/call', { name: 'hang' }, { channel: there });
    const cancelled = (requestId: unknown) => ({
      jsonrpc: '2.0' as const,
      method: 'notifications/cancelled',
      params: { requestId } as never,
    });
    app.protocol.receive(cancelled(one.id), there);
    app.protocol.receive(cancelled('no such request'), here);
    app.protocol.receive({ ...cancelled(one.id), method: 'notifications/unheard' }, here);
    app.protocol.receive({ jsonrpc: '2.0', method: 'notifications/cancelled' }, here);
    expect(await waits(one)).toBe(true);
    app.protocol.receive(cancelled(one.id), here);
    expect((await one.response).silent).toBe(true);
    expect(await waits(other)).toBe(true);
    other.hangUp();
    await other.response;
  });
});

describe('the headers of a request of 2026-07-28', () => {
  let app: App;
  let client: RawClient2026;
  const base64 = (text: string): string => `=?base64?${Buffer.from(text).toString('base64')}?=`;
  const BOOK = { name: 'book', arguments: { wing: 'east', floor: 42, quiet: true } };
  const GOOD = { 'mcp-param-wing': 'east', 'mcp-param-floor': '42', 'mcp-param-quiet': 'true' };

  beforeAll(async () => {
    app = await hotelApp();
    client = new RawClient2026(app);
  });
  afterAll(() => app.close());

  // Spec: headers.base64, headers.decoded, headers.numbers, headers.param-forwarded
  it.each([
    ['they say the same', 'tools/call', BOOK, GOOD],
    ['a name is in Base64', 'tools/call', BOOK, { ...GOOD, 'mcp-name': base64('book') }],
    ['a parameter is in Base64', 'tools/call', BOOK, { ...GOOD, 'mcp-param-wing': base64('east') }],
    ['a number is written otherwise', 'tools/call', BOOK, { ...GOOD, 'mcp-param-floor': '42.0' }],
    ['a value has blanks around it', 'tools/call', BOOK, { ...GOOD, 'mcp-param-wing': ' east\t' }],
    [
      'text is not ASCII',
      'tools/call',
      { name: 'book', arguments: { wing: 'Süd' } },
      { 'mcp-param-wing': base64('Süd') },
    ],
    [
      'text looks like the sentinel',
      'tools/call',
      { name: 'book', arguments: { wing: '=?base64?x?=' } },
      { 'mcp-param-wing': base64('=?base64?x?=') },
    ],
    ['a header mirrors nothing that is known', 'tools/call', BOOK, { ...GOOD, 'mcp-param-other': 'x' }],
    ['a URI is named', 'resources/read', { uri: 'hotel://menu' }, {}],
    ['a method has no name', 'tools/list', {}, {}],
  ])('are accepted where %s', async (_, method, params, headers) => {
    const { status, error } = await client.request(method, params, { headers });
    expect({ status, error }).toEqual({ status: 200, error: undefined });
  });

  // Spec: headers.version, headers.version-missing, headers.required, headers.match, headers.status, headers.code
  // Spec: headers.base64, headers.param-characters, headers.param-match, headers.param-error, headers.param-missing
  // Spec: messages.defined-codes
  it.each([
    ['the version is missing', 'tools/list', {}, { 'mcp-protocol-version': undefined }],
    ['the version is another', 'tools/list', {}, { 'mcp-protocol-version': '2025-11-25' }],
    ['the version comes twice', 'tools/list', {}, { 'mcp-protocol-version': ['2026-07-28', '2026-07-28'] }],
    ['the method is missing', 'tools/list', {}, { 'mcp-method': undefined }],
    ['the method is another', 'tools/list', {}, { 'mcp-method': 'tools/call' }],
    ['the method has another case', 'tools/list', {}, { 'mcp-method': 'Tools/List' }],
    ['the name is missing', 'tools/call', BOOK, { ...GOOD, 'mcp-name': undefined }],
    ['the name is another', 'tools/call', BOOK, { ...GOOD, 'mcp-name': 'leak' }],
    ['the name is another in Base64', 'tools/call', BOOK, { ...GOOD, 'mcp-name': base64('leak') }],
    ['the Base64 has no padding', 'tools/call', BOOK, { ...GOOD, 'mcp-name': '=?base64?Ym9vaw?=' }],
    ['the Base64 has foreign characters', 'tools/call', BOOK, { ...GOOD, 'mcp-name': '=?base64?Ym9v*aw==?=' }],
    ['the Base64 is not UTF-8', 'tools/call', BOOK, { ...GOOD, 'mcp-name': '=?base64?/w==?=' }],
    ['the sentinel has another case', 'tools/call', BOOK, { ...GOOD, 'mcp-name': '=?BASE64?Ym9vaw==?=' }],
    ['a parameter is missing', 'tools/call', BOOK, { ...GOOD, 'mcp-param-wing': undefined }],
    ['a parameter is another', 'tools/call', BOOK, { ...GOOD, 'mcp-param-wing': 'west' }],
    [
      'a parameter has bytes that are not ASCII',
      'tools/call',
      { name: 'book', arguments: { wing: 'Süd' } },
      { 'mcp-param-wing': 'Süd' },
    ],
    ['a number is another', 'tools/call', BOOK, { ...GOOD, 'mcp-param-floor': '43' }],
    ['a number is none', 'tools/call', BOOK, { ...GOOD, 'mcp-param-floor': '0x2A' }],
    ['a boolean is another', 'tools/call', BOOK, { ...GOOD, 'mcp-param-quiet': 'True' }],
    ['a parameter mirrors nothing', 'tools/call', { name: 'book', arguments: { wing: 'east' } }, GOOD],
    ['a task is named otherwise', 'tasks/get', { taskId: 'a' }, { 'mcp-name': 'b' }],
    ['a task is not named', 'tasks/cancel', { taskId: 'a' }, { 'mcp-name': undefined }],
  ])('are refused with 400 and -32020 where %s', async (_, method, params, headers) => {
    const response = await client.request(method, params, { headers });
    expect(response).toMatchObject({ status: 400, error: { code: -32020 } });
    expect(response.error?.message).not.toMatch(/east|west|leak/);
  });

  it('are not asked for where the transport has none', async () => {
    expect(textOf(await client.request('tools/call', BOOK))).toBe('east-42');
  });
});
