import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import {
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  type GenerateKeyPairResult,
  jwtVerify,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose';
import { type App, type CallContext, createApp, Tool } from 'perdura';
import { type HttpServer, serveHttp, verifiedToken } from 'perdura/http';
import { type Received, send, STATELESS, statelessRequest } from './send.js';

@Tool({ name: 'whoami', description: 'Says who calls.', scopes: ['files:read'] })
class WhoAmI {
  call(_: unknown, { principal }: CallContext): string {
    return `${principal.owner} ${principal.clientId} ${principal.scopes.join('+')}`;
  }
}

const HERE = 'https://mcp.example.com/mcp';

describe('A server that takes JSON Web Tokens', () => {
  let keyPair: GenerateKeyPairResult;
  let issuing: Server;
  let issuer: string;
  let isAway = false;
  let app: App;
  let server: HttpServer;

  beforeAll(async () => {
    keyPair = await generateKeyPair('ES256');
    const key = { ...(await exportJWK(keyPair.publicKey)), kid: '1', alg: 'ES256' };
    issuing = createServer((_, response) => {
      response.writeHead(isAway ? 500 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ keys: [key] }));
    });
    await once(issuing.listen(0, '127.0.0.1'), 'listening');
    issuer = `http://127.0.0.1:${(issuing.address() as AddressInfo).port}`;
    app = await createApp({ name: 'files', version: '1.0.0', use: [WhoAmI] });
  });
  afterAll(async () => {
    await app.close();
    issuing.close();
  });
  beforeEach(async () => {
    isAway = false;
    server = await serve();
  });
  afterEach(() => server.close({ keepApp: true }));

  async function serve(): Promise<HttpServer> {
    const port = 0;
    //#region jwt
    const published = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
    // Where no key fits, that is the token's fault. Where there are no keys, its client is told to try again.
    const keys: JWTVerifyGetKey = (...token) =>
      published(...token).catch((error: Error & { code?: string }) => {
        throw error.code?.includes('_MATCHING_KEY') ? error : Object.assign(error, { retryAfter: 5 });
      });
    const rules = {
      issuer,
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      requiredClaims: ['exp'],
      clockTolerance: 5,
    };
    const server = await serveHttp(app, {
      port,
      publicUrl: 'https://mcp.example.com/mcp',
      authorization: {
        authorizationServers: [issuer],
        scopesSupported: ['files:read'],
        implies: { 'files:write': ['files:read'] },
        verify: async (token) => verifiedToken((await jwtVerify(token, keys, rules)).payload),
      },
    });
    //#endregion
    return server;
  }

  const sign = (claims: Record<string, unknown>, { alg = 'ES256', kid = '1', key = keyPair.privateKey } = {}) =>
    new SignJWT({
      iss: issuer,
      sub: 'ann',
      aud: HERE,
      exp: Math.ceil(Date.now() / 1000) + 60,
      scope: 'files:read',
      ...claims,
    })
      .setProtectedHeader({ alg, kid })
      .sign(key);

  const call = (token?: string): Promise<Received> =>
    send(server.port, {
      headers: {
        ...STATELESS,
        ...{ host: 'mcp.example.com', 'mcp-method': 'tools/call', 'mcp-name': 'whoami' },
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: statelessRequest('tools/call', { name: 'whoami' }),
    });

  it.each([
    ['scope', { scope: 'files:read mail', client_id: 'https://app.example.com/client' }, 'files:read+mail'],
    ['scp', { scope: undefined, scp: ['files:write'], azp: 'app' }, 'files:write+files:read'],
    ['aud', { aud: ['https://other.example.com', `${HERE}/`], client_id: 'app' }, 'files:read'],
  ])('tells who calls by their claims: %s', async (_, claims, scopes) => {
    const { status, body } = await call(await sign(claims));
    expect(status).toBe(200);
    const client = 'azp' in claims ? claims.azp : claims.client_id;
    expect(body).toContain(`${issuer} ann ${client} ${scopes}`);
  });

  it.each([
    ['another issuer', { iss: 'https://login.example.org' }],
    ['nobody', { sub: undefined }],
    ['another server', { aud: 'https://mcp.example.com/other' }],
    ['no server', { aud: undefined }],
    ['a time that is over', { exp: 1 }],
    ['no time', { exp: undefined }],
    ['a time to come', { nbf: Math.ceil(Date.now() / 1000) + 3600 }],
  ])('refuses a token of %s', async (_, claims) => {
    const { status, headers } = await call(await sign(claims));
    expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
  });

  it('refuses what was signed by others, by itself or not at all', async () => {
    const other = await generateKeyPair('ES256');
    const secret = new TextEncoder().encode(JSON.stringify(await exportJWK(keyPair.publicKey)));
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign({})).split('.')[1]}.`;
    const forged = [
      sign({}, { key: other.privateKey }),
      sign({}, { kid: 'unheard-of' }),
      sign({}, { alg: 'HS256', key: secret as never }),
      Promise.resolve(unsigned),
    ];
    for (const token of forged) expect((await call(await token)).status).toBe(401);
  });

  it('asks for the scopes of a call that the token does not have', async () => {
    const { status, headers } = await call(await sign({ scope: '' }));
    expect([status, headers['www-authenticate']]).toEqual([403, expect.stringContaining('scope="files:read"')]);
  });

  it('says that it cannot tell now, where the keys cannot be had', async () => {
    isAway = true;
    const { status, headers } = await call(await sign({}));
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    isAway = false;
    expect((await call(await sign({}))).status).toBe(200);
  });
});

it('takes the answer to an introspection as it takes claims', () => {
  const answer = { active: true, iss: 'https://login.example.com', sub: 'ann', aud: HERE, scope: 'a b', exp: 5 };
  const { iss: issuer, sub: subject } = answer;
  expect(verifiedToken(answer)).toEqual({
    ...{ owner: `${issuer} ${subject}`, issuer, subject, audience: [HERE], scopes: ['a', 'b'], expiresAt: 5 },
  });
  expect(verifiedToken({ ...answer, active: false })).toBeUndefined();
  expect(verifiedToken({ active: false })).toBeUndefined();
});
