import { type App, type CallContext, createApp, Prompt, Resource, Task, Tool } from 'perdura';
import { type AuthorizationOptions, fetchHandler, type HttpServer, serveHttp } from 'perdura/http';
import { checkedConnect as connect } from '../checked-connect.js';
import { until } from '../fixtures/until.js';
import { start } from '../processes/client.js';
import { openSession, type Received, send, sessionRequest, STATELESS, statelessRequest } from '../server/send.js';
import { type Fields, RawClient2026 } from './raw-client.js';

class Files {
  @Tool({ name: 'who', description: 'Says who calls.' })
  who(_: unknown, { principal }: CallContext): string {
    return JSON.stringify(principal);
  }

  @Tool({ name: 'delete', description: 'Deletes a file.', scopes: ['files:write', 'files:delete'] })
  delete(): string {
    return 'deleted';
  }

  @Task({ name: 'copy', description: 'Copies all files.', scopes: ['files:write'] })
  copy(): string {
    return 'copied';
  }

  @Prompt({ name: 'tidy', description: 'Asks to tidy up.', scopes: ['files:write'] })
  tidy(): string {
    return 'Please tidy up.';
  }

  @Resource({
    name: 'file',
    uriTemplate: 'files://{name}',
    scopes: ['files:read'],
    complete: { name: () => ['secret.txt'] },
  })
  file({ name }: { name: string }): string {
    return name;
  }
}

const RESOURCE = 'https://files.example.com/mcp';
const METADATA = 'https://files.example.com/.well-known/oauth-protected-resource/mcp';
const HOST = { host: 'files.example.com' };

/** A token is who, for whom and what for: `ann~aud~scope~scope`. */
const token = (who: string, { aud = RESOURCE, scopes = [] as string[], exp = 'none' } = {}): string =>
  `Bearer ${Buffer.from(JSON.stringify({ who, aud, scopes, exp })).toString('base64url')}`;

const verify: AuthorizationOptions<unknown>['verify'] = (text) => {
  const { who, aud, scopes, exp } = JSON.parse(Buffer.from(text, 'base64url').toString()) as {
    who: string;
    aud: string;
    scopes: string[];
    exp: string;
  };
  if (who === 'mallory') return undefined;
  if (who === 'nobody-knows') throw Object.assign(new Error('no keys'), { retryAfter: 3 });
  const expiresAt = exp === 'none' ? undefined : Number(exp);
  return { owner: who, subject: who, scopes, audience: aud, expiresAt, token: text };
};

const OPTIONS: AuthorizationOptions<unknown> = {
  authorizationServers: ['https://login.example.com'],
  scopesSupported: ['files:read'],
  implies: { 'files:admin': ['files:write', 'files:delete'], 'files:write': ['files:read'] },
  resourceName: 'Files',
  verify,
};

const challengeOf = ({ headers }: Received): string | undefined => headers['www-authenticate'];

describe('The authorization of a server', () => {
  let app: App;
  let server: HttpServer;

  beforeAll(async () => {
    app = await createApp({ name: 'files', version: '1.0.0', use: [Files] });
    server = await serveHttp(app, { port: 0, publicUrl: RESOURCE, authorization: OPTIONS });
  });
  afterAll(() => server.close());

  // Spec: auth.metadata, auth.metadata-location, auth.metadata-servers, auth.discovery, auth.http
  it.each(['/.well-known/oauth-protected-resource/mcp', '/.well-known/oauth-protected-resource'])(
    'is described to anybody at %s',
    async (path) => {
      const { status, headers, body } = await send(server.port, { method: 'GET', path, headers: HOST });
      expect([status, headers['content-type'], headers['access-control-allow-origin']]).toEqual([
        200,
        'application/json',
        '*',
      ]);
      expect(JSON.parse(body)).toEqual({
        resource: RESOURCE,
        authorization_servers: ['https://login.example.com'],
        scopes_supported: ['files:read'],
        bearer_methods_supported: ['header'],
        resource_name: 'Files',
      });
    },
  );

  // Spec: auth.scope-challenge, auth.scope-consistent, auth.status, auth.conform
  it('asks for a token with the scopes to begin with, by every method alike', async () => {
    for (const method of ['POST', 'GET', 'DELETE']) {
      const answer = await send(server.port, {
        method,
        headers: { ...HOST, accept: 'application/json, text/event-stream', 'mcp-session-id': 'any' },
        ...(method === 'POST' && { body: sessionRequest('ping') }),
      });
      expect([answer.status, challengeOf(answer)]).toEqual([
        401,
        `Bearer scope="files:read", resource_metadata="${METADATA}"`,
      ]);
    }
  });

  const withToken = (authorization: string, path = '/mcp'): Promise<Received> =>
    send(server.port, {
      path,
      headers: { ...HOST, ...STATELESS, 'mcp-method': 'server/discover', authorization },
      body: statelessRequest('server/discover'),
    });

  // Spec: auth.invalid, auth.audience, auth.valid-only, auth.issued-for-us, auth.intended
  it.each([
    ['does not verify', token('mallory')],
    ['is none', 'Bearer rubbish'],
    ['was issued for another server', token('ann', { aud: 'https://other.example.com/mcp' })],
    ['was issued for a server whose name begins like ours', token('ann', { aud: `${RESOURCE}2` })],
    ['names no audience', token('ann', { aud: '' })],
    ['has expired', token('ann', { exp: '1700000000' })],
    ['says nonsense of its end', token('ann', { exp: 'soon' })],
    ['speaks for nobody', token('')],
  ])('refuses a token that %s with 401', async (_, authorization) => {
    const answer = await withToken(authorization);
    expect(answer.status).toBe(401);
    expect(challengeOf(answer)).toBe(
      `Bearer error="invalid_token", scope="files:read", resource_metadata="${METADATA}"`,
    );
    expect(answer.body).not.toContain(authorization.slice(7));
  });

  // Spec: auth.status
  it.each(['Bearer', 'Bearer a b', 'Bearer "a"', 'Bearer a,b'])('refuses %s with 400', async (authorization) => {
    const answer = await withToken(authorization);
    expect(answer.status).toBe(400);
    expect(challengeOf(answer)).toContain('error="invalid_request"');
  });

  it('asks whoever comes with another scheme for a token, and reads none from the URL', async () => {
    expect((await withToken('Basic YW5uOmFubg==')).status).toBe(401);
    const inUrl = await withToken('', `/mcp?access_token=${token('ann').slice(7)}`);
    expect(inUrl.status).toBe(401);
  });

  // Spec: auth.canonical-case, auth.canonical-slash
  it.each([
    RESOURCE,
    `${RESOURCE}/`,
    'HTTPS://Files.Example.com/mcp',
    ['https://other.example.com', RESOURCE] as unknown as string,
  ])('takes a token for %s', async (aud) => {
    expect((await withToken(token('ann', { aud }))).status).toBe(200);
    expect((await withToken(token('ann', { aud }).replace('Bearer', 'bearer'))).status).toBe(200);
  });

  it('says when to come again where the token cannot be looked into', async () => {
    const answer = await withToken(token('nobody-knows'));
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '3']);
  });
});

describe.each(['2025-11-25', '2026-07-28'] as const)('scopes on %s', (revision) => {
  let app: App;
  let server: HttpServer;

  beforeAll(async () => {
    app = await createApp({ name: 'files', version: '1.0.0', use: [Files] });
    server = await serveHttp(app, { port: 0, publicUrl: RESOURCE, authorization: OPTIONS });
  });
  afterAll(() => server.close());

  const call = async (scopes: string[], method: string, params: Fields): Promise<Received> => {
    const headers = { ...HOST, authorization: token('ann', { scopes }) };
    if (revision === '2025-11-25') {
      const session = await openSession(server.port, headers);
      return send(server.port, { headers: session, body: sessionRequest(method, params) });
    }
    const named = (params['name'] ?? params['uri'] ?? params['taskId']) as string | undefined;
    const routing = { ...STATELESS, 'mcp-method': method, ...(named && { 'mcp-name': named }) };
    return send(server.port, { headers: { ...headers, ...routing }, body: statelessRequest(method, params) });
  };

  // Spec: auth.insufficient, auth.insufficient-scopes, auth.insufficient-all, auth.insufficient-consistent, auth.insufficient-experience
  it.each([
    ['tools/call', { name: 'delete' }, 'files:write files:delete'],
    ['prompts/get', { name: 'tidy' }, 'files:write'],
    ['resources/read', { uri: 'files://a' }, 'files:read'],
    [
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 'files://{name}' }, argument: { name: 'name', value: '' } },
      'files:read',
    ],
  ])('are asked for all at once before %s begins', async (method, params, needed) => {
    const answer = await call(['files:delete'], method, params);
    expect([answer.status, answer.headers['content-type']]).toEqual([403, 'application/json']);
    expect(challengeOf(answer)).toBe(
      `Bearer error="insufficient_scope", scope="${needed}", resource_metadata="${METADATA}"`,
    );
    const { error } = JSON.parse(answer.body) as { error: Fields };
    expect(error).toMatchObject({ data: { reason: 'insufficient_scope', scopes: needed.split(' ') } });
  });

  // Spec: auth.scope-hierarchy
  it('are had by who was granted a broader one', async () => {
    const answer = await call(['files:admin'], 'tools/call', { name: 'delete' });
    expect(answer.status).toBe(200);
    expect((await call(['files:admin'], 'resources/read', { uri: 'files://a' })).status).toBe(200);
    expect((await call(['files:write'], 'tools/call', { name: 'delete' })).status).toBe(403);
  });

  it('reach the handler with all that they imply, and the token does not', async () => {
    const { body } = await call(['files:write'], 'tools/call', { name: 'who' });
    const { result } = JSON.parse(body) as { result: { content: [{ text: string }] } };
    expect(JSON.parse(result.content[0].text)).toEqual({
      owner: 'ann',
      subject: 'ann',
      scopes: ['files:write', 'files:read'],
    });
  });

  it('are needed to see what became of a task as well as to start it', async () => {
    const strong = await connect(app, { revision, principal: { owner: 'ann', scopes: ['files:write'] } });
    const { taskId } = await strong.startTask('copy', {});
    const weak = await connect(app, { revision, principal: { owner: 'ann', scopes: ['files:read'] } });
    await expect(weak.getTask(taskId)).rejects.toMatchObject({ status: 403 });
    await expect(weak.startTask('copy', {})).rejects.toMatchObject({ status: 403 });
    expect((await strong.getTask(taskId)).taskId).toBe(taskId);
  });

  it('are needed to follow a resource', async () => {
    const follow = async (scopes: string[]): Promise<boolean> => {
      const uri = 'files://a';
      if (revision === '2025-11-25') return (await call(scopes, 'resources/subscribe', { uri })).status === 200;
      const client = new RawClient2026(app, { principal: { owner: 'ann', scopes } });
      const stream = client.start('subscriptions/listen', { notifications: { resourceSubscriptions: [uri] } });
      await until(() => stream.messages.length > 0);
      stream.hangUp();
      await stream.response;
      const { resourceSubscriptions = [] } = stream.messages[0]?.params?.['notifications'] as {
        resourceSubscriptions?: string[];
      };
      return resourceSubscriptions.includes(uri);
    };
    expect([await follow(['files:read']), await follow(['other'])]).toEqual([true, false]);
  });

  it('are not asked for over stdio', async () => {
    const client = await connect(app, { revision });
    expect((await client.callTool('delete')).content).toEqual([{ type: 'text', text: 'deleted' }]);
  });
});

describe('A 2025-11-25 session whose tokens change', () => {
  it('follows a resource by what the latest of them may read', async () => {
    const app = await createApp({ name: 'files', version: '1.0.0', use: [Files] });
    const server = await serveHttp(app, { port: 0, publicUrl: RESOURCE, authorization: OPTIONS });
    const [weak, strong] = [token('ann'), token('ann', { scopes: ['files:read'] })];
    const session = await openSession(server.port, { ...HOST, authorization: weak });
    const body = sessionRequest('resources/subscribe', { uri: 'files://a' });
    const subscribe = async (authorization: string): Promise<Received> =>
      send(server.port, { headers: { ...session, authorization }, body });
    expect((await subscribe(weak)).status).toBe(403);
    expect(JSON.parse((await subscribe(strong)).body)).toMatchObject({ result: {} });
    const stream = await start(server.port, { method: 'GET', headers: { ...session, authorization: strong } });
    app.catalog.resourceUpdated('files://a');
    await stream.find(({ method }) => method === 'notifications/resources/updated');
    const told = stream.messages.length;
    // From here on a weaker token speaks for the session; what comes for everybody still comes.
    expect(
      (await send(server.port, { headers: { ...session, authorization: weak }, body: sessionRequest('ping') })).status,
    ).toBe(200);
    app.catalog.resourceUpdated('files://a');
    await app.catalog.disable('tool', 'who');
    await stream.find(({ method }) => method === 'notifications/tools/list_changed');
    expect(stream.messages.slice(told).map(({ method }) => method as string)).toEqual([
      'notifications/tools/list_changed',
    ]);
    stream.hangUp();
    await server.close();
  });
});

describe('Scopes with an `authenticate` of your own', () => {
  let app: App;
  let server: HttpServer;
  afterEach(() => server.close());

  it('ask strangers who they are, and others for more', async () => {
    app = await createApp({ name: 'files', version: '1.0.0', use: [Files] });
    server = await serveHttp(app, {
      port: 0,
      authenticate: ({ headers }) => ({ owner: headers.authorization ?? 'anonymous', scopes: [] }),
    });
    const headers = { ...STATELESS, 'mcp-method': 'tools/call', 'mcp-name': 'delete' };
    const body = statelessRequest('tools/call', { name: 'delete' });
    const stranger = await send(server.port, { headers, body });
    expect([stranger.status, challengeOf(stranger)]).toEqual([401, 'Bearer scope="files:write files:delete"']);
    const ann = await send(server.port, { headers: { ...headers, authorization: 'ann' }, body });
    expect([ann.status, challengeOf(ann)]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="files:write files:delete"',
    ]);
  });
});

describe('An authorization that cannot be meant', () => {
  let app: App;
  beforeAll(async () => {
    app = await createApp({ name: 'files', version: '1.0.0', use: [Files] });
  });
  afterAll(() => app.close());

  // Spec: auth.offline-access
  it.each<[string, Partial<AuthorizationOptions<unknown>>]>([
    ['authorization.resource', { resource: 'files.example.com' }],
    ['authorization.resource', { resource: `${RESOURCE}#top` }],
    ['authorization.authorizationServers', { authorizationServers: [] }],
    ['authorization.authorizationServers', { authorizationServers: ['login'] }],
    ['authorization.scopesSupported', { scopesSupported: ['files:read', 'offline_access'] }],
  ])('is refused at the start for its %s', async (option, wrong) => {
    const starting = serveHttp(app, { port: 0, publicUrl: RESOURCE, authorization: { ...OPTIONS, ...wrong } });
    await expect(starting).rejects.toMatchObject({
      code: 'INVALID_HTTP_OPTION',
      facts: expect.arrayContaining([option]),
    });
  });

  it('is refused where nothing says what tokens are issued for, and beside `authenticate`', async () => {
    await expect(serveHttp(app, { port: 0, authorization: OPTIONS })).rejects.toMatchObject({
      code: 'INVALID_HTTP_OPTION',
    });
    const both = { authorization: OPTIONS, authenticate: () => ({ owner: 'ann', scopes: [] }) };
    await expect(serveHttp(app, { port: 0, publicUrl: RESOURCE, ...both })).rejects.toMatchObject({
      code: 'INVALID_HTTP_OPTION',
    });
  });

  it('is missing where something asks for scopes', async () => {
    await expect(serveHttp(app, { port: 0 })).rejects.toMatchObject({
      code: 'SCOPES_WITHOUT_AUTHORIZATION',
      facts: [['delete', 'copy', 'file', 'tidy']],
    });
  });

  it('is told of where a scope could be in no token', async () => {
    class Wrong {
      @Tool({ name: 'wrong', description: 'Cannot be.', scopes: ['two words'] })
      wrong(): string {
        return '';
      }
    }
    await expect(createApp({ name: 'files', version: '1.0.0', use: [Wrong] })).rejects.toMatchObject({
      mistakes: [{ code: 'ILLEGAL_SCOPE' }],
    });
  });

  it('is enough for a mount, which serves its metadata too', async () => {
    const mcp = fetchHandler(app, { publicUrl: RESOURCE, authorization: OPTIONS });
    const answer = await mcp(new Request(METADATA));
    expect([answer.status, ((await answer.json()) as Fields)['resource']]).toEqual([200, RESOURCE]);
    await mcp.close();
  });
});
