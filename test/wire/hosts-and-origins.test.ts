import type { HttpOptions, HttpServer } from 'perdura/http';
import { send, sendRaw } from '../server/send.js';
import { calls, echoServer, leaksNothing, type EchoServer } from './echo-server.js';

/** Values of a header, and how the valid call is answered with each. */
type Matrix = readonly (readonly [value: string, status: number])[];

const LOCAL_HOSTS: Matrix = [
  ['127.0.0.1', 200],
  ['127.0.0.1:1', 200],
  ['localhost', 200],
  ['localhost:3000', 200],
  ['LocalHost', 200],
  ['localhost.', 200],
  ['localhost.:80', 200],
  ['[::1]', 200],
  ['[::1]:3000', 200],
  ['evil.example', 403],
  ['evil.example:80', 403],
  ['localhost.evil.example', 403],
  ['127.0.0.1.evil.example', 403],
  ['evil-localhost', 403],
  ['localhost..', 403],
  ['evil@localhost', 403],
  ['localhost@evil.example', 403],
  ['localhost:80@evil.example', 403],
  ['localhost, evil.example', 403],
  ['localhost/evil', 403],
  ['localhost:evil', 403],
  ['localhost:', 403],
  ['localhost:123456', 403],
  ['localhost:65535', 200],
  ['localhost:65536', 403],
  ['::1', 403],
  ['[::1', 403],
  ['[::1].evil.example', 403],
  ['[::ffff:127.0.0.1]', 403],
  ['127.1', 403],
  ['2130706433', 403],
  ['0x7f.1', 403],
  ['0.0.0.0', 403],
  ['xn--lcalhost-8za.example', 403],
  ['l\u00f6calhost', 403],
  ['', 403],
  [' ', 403],
  ['null', 403],
];

const LOCAL_ORIGINS: Matrix = [
  ['http://localhost', 200],
  ['http://localhost:6274', 200],
  ['https://localhost:1', 200],
  ['http://127.0.0.1:8080', 200],
  ['http://[::1]:8080', 200],
  ['http://LOCALHOST', 200],
  ['null', 403],
  ['', 403],
  ['http://evil.example', 403],
  ['https://evil.example', 403],
  ['http://localhost.evil.example', 403],
  ['http://127.0.0.1.evil.example', 403],
  ['http://evil@localhost', 403],
  ['http://localhost:80@evil.example', 403],
  ['http://localhost/path', 403],
  ['http://localhost?', 403],
  ['http://localhost http://evil.example', 403],
  ['http://localhost, http://evil.example', 403],
  ['file://localhost', 403],
  ['chrome-extension://localhost', 403],
  ['javascript://localhost', 403],
  ['localhost', 403],
  ['//localhost', 403],
  ['http:localhost', 403],
  ['http://xn--localhost-8za', 403],
  ['http://l\u00f6calhost', 403],
];

const PUBLIC: HttpOptions = {
  publicUrl: 'https://mcp.example.com/mcp',
  allowedHosts: ['inside.example:8443', 'other.example'],
  allowedOrigins: ['https://app.example.com', 'https://b\u00fccher.example', 'http://dev.example:5173'],
};

const PUBLIC_HOSTS: Matrix = [
  ['mcp.example.com', 200],
  ['mcp.example.com:443', 200],
  ['MCP.example.com.', 200],
  ['other.example:9', 200],
  ['inside.example:8443', 200],
  ['inside.example', 403],
  ['inside.example:8444', 403],
  ['example.com', 403],
  ['x.mcp.example.com', 403],
  ['localhost', 200],
];

const PUBLIC_ORIGINS: Matrix = [
  ['https://app.example.com', 200],
  ['https://xn--bcher-kva.example', 200],
  ['http://dev.example:5173', 200],
  ['http://dev.example', 403],
  ['http://app.example.com', 403],
  ['https://app.example.com:8443', 403],
  ['https://app.example.com.', 403],
  ['https://mcp.example.com', 403],
  ['http://localhost', 403],
  ['null', 403],
];

describe.each(['2025-11-25', '2026-07-28'] as const)('On %s', (revision) => {
  describe.each([
    ['a server on this machine', {}, LOCAL_HOSTS, LOCAL_ORIGINS],
    ['a public server', PUBLIC, PUBLIC_HOSTS, PUBLIC_ORIGINS],
  ] as const)('%s', (_, options, hosts, origins) => {
    let echo: EchoServer;
    let server: HttpServer;
    beforeAll(async () => {
      echo = await echoServer(revision, options);
      ({ server } = echo);
    });
    afterAll(() => server.close());

    /** The status of the valid call with one header as it is, which no client library would send for us. */
    const statusOf = async (header: string, value: string): Promise<number> => {
      const before = calls.length;
      const body = JSON.stringify(echo.call);
      const answer = await sendRaw(echo.port, request('POST /mcp HTTP/1.1', { [header]: value }, body));
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
      const content = answer.slice(answer.indexOf('\r\n\r\n') + 4);
      expect(calls.length - before).toBe(status === 200 ? 1 : 0);
      if (status === 403) {
        expect(JSON.parse(content)).toEqual({
          jsonrpc: '2.0',
          error: { code: -32600, message: expect.any(String) as unknown },
        });
        expect(answer.toLowerCase()).not.toContain('access-control-allow-origin');
        leaksNothing({ body: content, headers: { 'content-type': 'application/json' } });
      }
      await echo.alive();
      return status;
    };
    const request = (line: string, headers: Record<string, string>, body: string): Buffer => {
      const all = {
        host: 'localhost',
        ...echo.headers,
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
        ...headers,
      };
      const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
      return Buffer.from(`${line}\r\n${head.join('')}\r\n${body}`);
    };

    it.each(hosts)('answers Host "%s" with %i', async (host, status) => {
      expect(await statusOf('host', host)).toBe(status);
    });

    // Spec: http.origin, http.origin-403
    it.each(origins)('answers Origin "%s" with %i', async (origin, status) => {
      expect(await statusOf('origin', origin)).toBe(status);
    });

    it('looks at the host of a target that is a whole URL', async () => {
      const body = JSON.stringify(echo.call);
      for (const [target, status] of [
        ['http://localhost/mcp', 200],
        ['HTTP://localhost:1/mcp?x', 200],
        ['http://evil.example/mcp', 403],
        ['http://localhost:99999/mcp', 403],
        ['http://localhost@evil.example/mcp', 403],
        ['http://evil@localhost/mcp', 403],
        ['http:///mcp', 403],
        ['http://localhost', 404],
        ['/mcp#', 404],
      ] as const) {
        const answer = await sendRaw(echo.port, request(`POST ${target} HTTP/1.1`, {}, body));
        expect([target, Number(answer.slice(9, 12))]).toEqual([target, status]);
      }
    });

    it('lets pages of allowed origins alone send what MCP needs', async () => {
      const allowed = origins.find(([, status]) => status === 200)?.[0] as string;
      const ask = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,mcp-param-region,x-evil',
      };
      const yes = await send(echo.port, { method: 'OPTIONS', headers: { ...ask, host: 'localhost', origin: allowed } });
      expect(yes.status).toBe(204);
      expect(yes.headers).toMatchObject({
        'access-control-allow-origin': allowed,
        'access-control-allow-methods': 'POST, GET, DELETE',
        vary: 'origin',
      });
      expect(yes.headers['access-control-allow-headers']).toContain('mcp-param-region');
      expect(yes.headers['access-control-allow-headers']).not.toContain('x-evil');
      expect(yes.headers).not.toHaveProperty('access-control-allow-credentials');
      const no = await send(echo.port, {
        method: 'OPTIONS',
        headers: { ...ask, host: 'localhost', origin: 'http://evil.example' },
      });
      expect(no.status).toBe(403);
      const call = await send(echo.port, {
        headers: { ...echo.headers, host: 'localhost', origin: allowed },
        body: echo.call,
      });
      expect(call.headers).toMatchObject({
        'access-control-allow-origin': allowed,
        'access-control-expose-headers': expect.stringContaining('mcp-session-id') as unknown,
      });
    });
  });
});
