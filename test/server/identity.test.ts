import { type App, createApp, serverJson } from 'perdura';
import { type FetchOptions, fetchHandler, serveHttp } from 'perdura/http';
import { send } from './send.js';
import { checkedConnect as connect } from '../checked-connect.js';

const ABOUT = {
  name: 'weather station',
  version: '1.2.3',
  title: 'Weather',
  description: 'Tells the weather of today and of tomorrow.',
  websiteUrl: 'https://weather.example.com',
  icons: [
    { src: 'https://weather.example.com/sun.png', mimeType: 'image/png', sizes: ['48x48'] },
    { src: 'data:image/png;base64,AAAA' },
  ],
  instructions: 'Ask for one place at a time.',
};

describe('Who a server is', () => {
  let app: App;
  beforeAll(async () => (app = await createApp({ ...ABOUT, use: [] })));
  afterAll(() => app.close());

  const get = async (path: string, options: FetchOptions = {}, init: RequestInit = {}): Promise<Response> => {
    const mcp = fetchHandler(app, {
      publicUrl: 'https://mcp.example.com/mcp',
      allowUnauthenticated: true,
      ...options,
    });
    try {
      return await mcp(new Request(`https://mcp.example.com${path}`, init));
    } finally {
      await mcp.close();
    }
  };
  const cardOf = async (options: FetchOptions = {}): Promise<Record<string, unknown>> =>
    (await (await get('/mcp/server-card', options)).json()) as Record<string, unknown>;

  it.each(['2025-11-25', '2026-07-28'] as const)('is told whole on %s', async (revision) => {
    const client = await connect(app, { revision });
    const { instructions, ...identity } = ABOUT;
    if (revision === '2025-11-25') {
      const { message } = client.messages.find(({ method }) => method === 'initialize') as { message: object };
      expect(message).toMatchObject({ result: { serverInfo: identity, instructions } });
    } else {
      const discovered = await client.request('server/discover');
      expect(discovered).toMatchObject({ instructions, _meta: { 'io.modelcontextprotocol/serverInfo': identity } });
    }
  });

  it('stands on its card with where and how it is reached, and nothing of what it offers', async () => {
    const { instructions: _, name: _name, ...identity } = ABOUT;
    expect(await cardOf()).toEqual({
      ...identity,
      $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
      name: 'com.example.mcp/weather-station',
      remotes: [
        {
          type: 'streamable-http',
          url: 'https://mcp.example.com/mcp',
          supportedProtocolVersions: ['2026-07-28', '2025-11-25', '2025-06-18'],
        },
      ],
    });
  });

  it('stands on its card as its author names it, and says that callers must authenticate', async () => {
    const repository = { url: 'https://github.com/example/weather', source: 'github' };
    const card = { name: 'com.example/weather', description: 'Weather.', repository };
    const authenticate = () => ({ owner: 'ann', scopes: [] });
    const served = await cardOf({ card, authenticate, publicUrl: 'https://mcp.example.com/mcp' });
    expect(served).toMatchObject(card);
    expect(served['remotes']).toEqual([
      expect.objectContaining({ headers: [expect.objectContaining({ name: 'Authorization', isSecret: true })] }),
    ]);
  });

  it('may be read by any page, is kept by caches, and is not sent again unchanged', async () => {
    const first = await get('/mcp/server-card', {}, { headers: { origin: 'https://anywhere.example' } });
    const etag = String(first.headers.get('etag'));
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'application/mcp-server-card+json',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=3600',
    });
    for (const known of [etag, `"other", W/${etag}`, '*']) {
      const again = await get('/mcp/server-card', {}, { headers: { 'if-none-match': known } });
      expect([again.status, await again.text()]).toEqual([304, '']);
    }
    expect((await get('/mcp/server-card', {}, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it.each([
    ['GET', '/.well-known/mcp/server-card.json', 200],
    ['HEAD', '/mcp/server-card', 200],
    ['OPTIONS', '/mcp/server-card', 204],
    ['POST', '/mcp/server-card', 405],
    ['GET', '/.well-known/ai-catalog.json', 404],
  ])('answers %s %s with %d', async (method, path, status) => {
    const response = await get(path, {}, { method });
    expect(response.status).toBe(status);
    if (method !== 'GET') expect(await response.text()).toBe('');
  });

  it('is in the catalog of its site where that is asked for', async () => {
    const catalog = await (await get('/.well-known/ai-catalog.json', { card: { catalog: true } })).json();
    expect(catalog).toEqual({
      specVersion: '1.0',
      entries: [
        {
          identifier: 'urn:air:mcp.example.com:mcp:weather-station',
          displayName: 'Weather',
          type: 'application/mcp-server-card+json',
          url: 'https://mcp.example.com/mcp/server-card',
        },
      ],
    });
  });

  it('has no card without a public URL, or where none is wanted', async () => {
    expect((await get('/mcp/server-card', { card: false })).status).toBe(404);
    const server = await serveHttp(app, { port: 0 });
    expect((await send(server.port, { method: 'GET', path: '/mcp/server-card' })).status).toBe(404);
    await server.close({ keepApp: true });
  });

  it('is refused on a card where the world could not read it', () => {
    const made = (card: FetchOptions['card']) => () =>
      fetchHandler(app, { publicUrl: 'https://a.example/mcp', allowUnauthenticated: true, card });
    const refused = expect.objectContaining({ code: 'INVALID_IDENTITY' });
    expect(made({ name: 'no-namespace' })).toThrow(refused);
    expect(made({ description: 'x'.repeat(101) })).toThrow(refused);
  });

  it('makes the server.json of the registry', () => {
    const { instructions: _, name: _name, icons, ...identity } = ABOUT;
    const packageJson = { name: '@example/weather', version: '1.2.4', mcpName: 'com.example/weather' };
    const environmentVariables = [{ name: 'KEY', isRequired: true, isSecret: true }];
    const publicUrl = 'https://mcp.example.com/mcp';
    expect(serverJson(app, { packageJson, environmentVariables, publicUrl })).toEqual({
      ...identity,
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name: 'com.example/weather',
      icons: [icons[0]],
      remotes: [{ type: 'streamable-http', url: publicUrl }],
      packages: [
        {
          registryType: 'npm',
          identifier: '@example/weather',
          version: '1.2.4',
          transport: { type: 'stdio' },
          environmentVariables,
        },
      ],
    });
  });

  it('makes no server.json that the registry would refuse', () => {
    const packageJson = { name: 'weather', version: '1.0.0' };
    const name = 'com.example/weather';
    const refused = expect.objectContaining({ code: 'INVALID_IDENTITY' });
    for (const options of [
      { name },
      { name: 'weather', publicUrl: 'https://a.example' },
      { name, publicUrl: 'http://a.example' },
      { name, packageJson },
      { name, packageJson: { ...packageJson, mcpName: 'com.example/other' } },
      { name, publicUrl: 'https://a.example', description: '' },
    ]) {
      expect(() => serverJson(app, options)).toThrow(refused);
    }
  });

  it('is cut short between words where a description is longer than the world takes', async () => {
    const wordy = await createApp({ ...ABOUT, description: 'word '.repeat(40).trim(), use: [] });
    const { description } = serverJson(wordy, { name: 'a.b/c', publicUrl: 'https://a.example' });
    expect(description).toMatch(/^(word ){18}word…$/);
    await wordy.close();
  });
});
