import { type App, type CallContext, createApp, Prompt, ProtocolError, Resource, Tool } from 'perdura';
import { ALICE, BOB, type Fields, RawClient2025, RawClient2026, textOf } from './raw-client.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
const NOT_YOURS = -31_403;
const given: { content: Fields } = { content: {} };
const ran: string[] = [];

function checkOwner({ principal }: CallContext): void {
  if (principal.owner !== ALICE.owner) throw new ProtocolError(NOT_YOURS, 'Not yours.');
}

class Gallery {
  @Prompt({ name: 'show', description: 'Shows what it was given.' })
  show() {
    return [{ role: 'user', content: given.content }] as never;
  }

  @Prompt({ name: 'broken', description: 'Fails inside.' })
  fail(): never {
    throw new Error('password hunter2');
  }

  @Resource({ name: 'logo', uri: 'gallery://logo', mimeType: 'image/png' })
  logo() {
    return new Uint8Array(PNG);
  }

  @Resource({ name: 'broken', uri: 'gallery://broken' })
  break(): never {
    throw new Error('password hunter2');
  }

  @Resource({ name: 'nothing', uri: 'gallery://nothing' })
  nothing() {
    return undefined;
  }

  @Resource({ name: 'file', uriTemplate: 'file:///srv/{+path}', complete: { path: () => ['beta', 'Abc', 'alphabet'] } })
  file({ path }: { path: string }) {
    ran.push(path);
    return path;
  }

  @Resource({
    name: 'letter',
    uriTemplate: 'letter://{to}',
    complete: { to: (_typed, _given, { owner }) => (owner === ALICE.owner ? ['grandmother'] : []) },
  })
  letter({ to }: { to: string }, ctx: CallContext) {
    checkOwner(ctx);
    return `Dear ${to}`;
  }

  @Resource({ name: 'cached', uriTemplate: 'cached://{ttl}/{scope}' })
  cached({ ttl, scope }: { ttl: string; scope: string }) {
    return { contents: [{ uri: 'cached://x', text: '' }], ttlMs: Number(ttl), cacheScope: scope } as never;
  }

  @Tool({ name: 'diary', description: 'For its owner.' })
  diary(_: unknown, ctx: CallContext) {
    checkOwner(ctx);
    return 'Dear diary';
  }
}

const gallery = (): Promise<App> =>
  createApp({ name: 'gallery', version: '1.0.0', use: [Gallery], report: () => undefined, limits: { pageSize: 2 } });

describe.each(['2025-11-25', '2026-07-28'] as const)('contents on %s', (revision) => {
  let app: App;
  let alice: RawClient2025 | RawClient2026;
  let bob: RawClient2025 | RawClient2026;
  beforeAll(async () => {
    app = await gallery();
    [alice, bob] = [ALICE, BOB].map((principal) =>
      revision === '2025-11-25' ? new RawClient2025(app, { principal }) : new RawClient2026(app, { principal }),
    ) as [RawClient2025, RawClient2025];
  });
  afterAll(() => app.close());

  const data = PNG.toString('base64');
  const show = async (content: Fields) => {
    given.content = content;
    return alice.request('prompts/get', { name: 'show' });
  };

  // Spec: prompts.image, prompts.audio, prompts.embedded
  it.each<[string, Fields]>([
    ['an image', { type: 'image', data, mimeType: 'image/png' }],
    ['a sound', { type: 'audio', data, mimeType: 'audio/wav; codecs=1' }],
    ['an embedded text', { type: 'resource', resource: { uri: 'a://b', mimeType: 'text/plain', text: 'c' } }],
    ['an embedded blob', { type: 'resource', resource: { uri: 'a://b', mimeType: 'image/png', blob: data } }],
  ])('of a prompt may be %s', async (_, content) => {
    expect((await show(content)).result.messages).toEqual([{ role: 'user', content }]);
  });

  // Spec: prompts.image, prompts.audio, prompts.embedded, prompts.internal
  it.each<[string, Fields]>([
    ['an image that is not Base64', { type: 'image', data: 'hello!', mimeType: 'image/png' }],
    ['an image of half a Base64', { type: 'image', data: 'abc', mimeType: 'image/png' }],
    ['an image of no MIME type', { type: 'image', data, mimeType: 'picture' }],
    ['a sound that is not Base64', { type: 'audio', data: '{}', mimeType: 'audio/wav' }],
    ['a sound without a MIME type', { type: 'audio', data }],
    ['an embedded resource without a URI', { type: 'resource', resource: { mimeType: 'text/plain', text: 'c' } }],
    ['an embedded resource without a MIME type', { type: 'resource', resource: { uri: 'a://b', text: 'c' } }],
    ['an embedded resource of nothing', { type: 'resource', resource: { uri: 'a://b', mimeType: 'text/plain' } }],
    ['an embedded blob not in Base64', { type: 'resource', resource: { uri: 'a://b', mimeType: 'a/b', blob: '?' } }],
  ])('of a prompt are never %s', async (_, content) => {
    expect((await show(content)).error).toMatchObject({ code: -32603 });
  });

  // Spec: resources.binary
  it('of a resource are Base64 where they are bytes', async () => {
    const { result } = await alice.request('resources/read', { uri: 'gallery://logo' });
    expect(result.contents).toEqual([{ uri: 'gallery://logo', mimeType: 'image/png', blob: data }]);
  });

  // Spec: resources.internal, prompts.internal
  it.each([
    ['resources/read', { uri: 'gallery://broken' }],
    ['prompts/get', { name: 'broken' }],
  ])('that cannot be made are an internal error that shows nothing: %s', async (method, params) => {
    const response = await alice.request(method, params);
    expect(response.error).toMatchObject({ code: -32603 });
    expect(JSON.stringify(response)).not.toContain('hunter2');
  });

  // Spec: resources.empty-contents, resources.not-found-2025, resources.not-found-2026
  it('that a handler does not have are an error, never empty', async () => {
    const { error } = await alice.request('resources/read', { uri: 'gallery://nothing' });
    expect(error?.code).toBe(revision === '2025-11-25' ? -32002 : -32602);
  });

  // Spec: resources.traversal, resources.validate-uri
  it.each([
    '../etc/passwd',
    'a/../../etc/passwd',
    '..%2Fetc%2Fpasswd',
    '%2e%2e/etc/passwd',
    'a/..',
    '..%5Cwindows',
    'a b',
    '%zz',
  ])('of files stay below their folder: %s', async (path) => {
    ran.length = 0;
    const { error } = await alice.request('resources/read', { uri: `file:///srv/${path}` }, { broken: true });
    expect(error?.code).toBe(revision === '2025-11-25' ? -32002 : -32602);
    expect(ran).toEqual([]);
    expect((await alice.request('resources/read', { uri: 'file:///srv/a/..b/c..' })).result.contents).toMatchObject([
      { text: 'a/..b/c..' },
    ]);
  });

  // Spec: tools.access, resources.access, resources.permissions, caching.access@2026-07-28, caching.scope-alone@2026-07-28
  it.each([
    ['tools/call', { name: 'diary' }],
    ['resources/read', { uri: 'letter://ada' }],
  ])('are for whom they are: %s', async (method, params) => {
    expect(JSON.stringify((await alice.request(method, params)).result)).toContain('Dear');
    expect((await bob.request(method, params)).error).toMatchObject({ code: NOT_YOURS });
  });

  // Spec: completion.access, completion.fuzzy, completion.order
  it('are suggested as their completer has them, which knows who asks', async () => {
    const suggested = async (client: typeof alice, uri: string, name: string) => {
      const params = { ref: { type: 'ref/resource', uri }, argument: { name, value: 'b' } };
      return (await client.request('completion/complete', params)).result.completion.values as string[];
    };
    expect(await suggested(bob, 'file:///srv/{+path}', 'path')).toEqual(['beta', 'Abc', 'alphabet']);
    expect(await suggested(alice, 'letter://{to}', 'to')).toEqual(['grandmother']);
    expect(await suggested(bob, 'letter://{to}', 'to')).toEqual([]);
  });

  // Spec: elicit.claimed-identity, meta.client-info-security@2026-07-28
  it('are not shown to who only says to be their owner', async () => {
    const user = { _meta: { user: 'alice', owner: 'alice' }, name: 'diary', arguments: {} };
    const { error, result } = await bob.request(
      'tools/call',
      revision === '2025-11-25' ? user : { name: 'diary' },
      revision === '2025-11-25'
        ? {}
        : { meta: { 'io.modelcontextprotocol/clientInfo': { name: 'alice', version: '1' } } },
    );
    expect(result).toBeUndefined();
    expect(error).toMatchObject({ code: NOT_YOURS });
  });
});

describe('what may be cached on 2026-07-28', () => {
  let app: App;
  let client: RawClient2026;
  beforeAll(async () => {
    app = await gallery();
    client = new RawClient2026(app, { principal: ALICE });
  });
  afterAll(() => app.close());

  // Spec: caching.pages@2026-07-28, caching.private-pages@2026-07-28
  it.each([
    ['resources/list', 'resources'],
    ['resources/templates/list', 'resourceTemplates'],
  ])('is the same for all pages of %s', async (method) => {
    const first = (await client.request(method)).result;
    const second = (await client.request(method, { cursor: first.nextCursor })).result;
    expect([second.ttlMs, second.cacheScope]).toEqual([first.ttlMs, first.cacheScope]);
  });

  // Spec: caching.ttl@2026-07-28, caching.public@2026-07-28
  it.each([
    ['60000/public', 60_000, 'public'],
    ['60000/private', 60_000, 'private'],
    ['-5/public', 0, 'public'],
    ['1.5/everybody', 0, 'private'],
  ])('is what a handler says where that makes sense: %s', async (path, ttlMs, cacheScope) => {
    const { result } = await client.request('resources/read', { uri: `cached://${path}` });
    expect(result).toMatchObject({ ttlMs, cacheScope });
  });

  // Spec: caching.public@2026-07-28
  it('is for its caller alone where a handler does not say', async () => {
    const { result } = await client.request('resources/read', { uri: 'letter://ada' });
    expect(result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
  });

  // Spec: tools.list-varies@2026-07-28, resources.list-varies@2026-07-28, prompts.list-varies@2026-07-28
  // Spec: meta.client-info-behaviour@2026-07-28, stateless.connection@2026-07-28
  it('is the same on every connection, whoever calls and whatever came before', async () => {
    const stranger = new RawClient2026(app, { principal: BOB, capabilities: {}, channel: {} });
    const meta = { 'io.modelcontextprotocol/clientInfo': { name: 'another', version: '9' } };
    for (const list of ['tools/list', 'resources/list', 'prompts/list']) {
      const before = await client.request(list);
      expect(textOf(await client.request('tools/call', { name: 'diary' }))).toBe('Dear diary');
      expect((await client.request(list)).result).toEqual(before.result);
      expect((await stranger.request(list, {}, { meta })).result).toEqual(before.result);
    }
  });
});
