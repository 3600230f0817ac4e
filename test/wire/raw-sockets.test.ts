import { connect } from 'node:net';
import type { HttpServer } from 'perdura/http';
import { until } from '../fixtures/until.js';
import { sendRaw } from '../server/send.js';
import { calls, echoServer, leaksNothing, type EchoServer } from './echo-server.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('Raw HTTP on %s', (revision) => {
  let echo: EchoServer;
  let server: HttpServer;
  let body: string;
  beforeAll(async () => {
    echo = await echoServer(revision);
    ({ server } = echo);
    body = JSON.stringify(echo.call);
  });
  afterAll(() => server.close());

  const head = (line: string, headers: readonly string[]): string => {
    const own = Object.entries(echo.headers).map(([name, value]) => `${name}: ${value}`);
    return [line, ...own, 'Content-Type: application/json', ...headers, '', ''].join('\r\n');
  };
  /** The statuses of all answers on a connection; whatever was refused was not executed. */
  const statuses = async (bytes: string | Buffer): Promise<number[]> => {
    const before = calls.length;
    const text = await sendRaw(echo.port, bytes);
    const found = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    for (const part of text.split(/(?=HTTP\/1\.1 \d{3} )/)) {
      const content = part.slice(part.indexOf('\r\n\r\n') + 4);
      leaksNothing({ body: content, headers: { 'content-type': 'application/json' } });
    }
    expect(calls.length - before).toBe(found.filter((status) => status === 200).length);
    await echo.alive();
    return found;
  };
  const POST = 'POST /mcp HTTP/1.1';
  const length = (): string => `Content-Length: ${Buffer.byteLength(body)}`;
  const chunk = (): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  const CHUNKED = 'Transfer-Encoding: chunked';
  const HOST = 'Host: localhost';

  it.each([
    ['no Host', (): string => head(POST, [length()]) + body],
    ['a length and chunks (request smuggling)', (): string => head(POST, [HOST, length(), CHUNKED]) + chunk()],
    [
      'chunks and a length (request smuggling)',
      (): string => head(POST, [HOST, CHUNKED, 'Content-Length: 4']) + chunk(),
    ],
    ['two lengths', (): string => head(POST, [HOST, length(), 'Content-Length: 4']) + body],
    ['a negative length', (): string => head(POST, [HOST, 'Content-Length: -1']) + body],
    ['a length that is no number', (): string => head(POST, [HOST, 'Content-Length: 1e3']) + body],
    ['a chunk size that is no number', (): string => head(POST, [HOST, CHUNKED]) + `xyz\r\n${body}\r\n0\r\n\r\n`],
    ['a chunk longer than its size', (): string => head(POST, [HOST, CHUNKED]) + `4\r\n${body}\r\n0\r\n\r\n`],
    ['a header without a colon', (): string => head(POST, [HOST, 'nonsense', length()]) + body],
    ['a header name with a blank', (): string => head(POST, [HOST, 'Content-Length : 4', length()]) + body],
    ['a NUL in a header', (): string => head(POST, [HOST, 'X-A: \0', length()]) + body],
    ['a bare line feed in a header', (): string => head(POST, [HOST, 'X-A: a\nX-B: b', length()]) + body],
    ['another protocol', (): string => 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['a TLS handshake', (): string => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['an unknown method', (): string => head('EVIL /mcp HTTP/1.1', [HOST])],
    ['an unknown version of HTTP', (): string => head('POST /mcp HTTP/9.9', [HOST, length()]) + body],
  ])('with %s is refused with 400 and closed', async (_, bytes) => {
    expect(await statuses(bytes())).toEqual([400]);
  });

  it('with too many bytes of headers is refused with 431', async () => {
    expect(await statuses(head(POST, [HOST, `X-A: ${'x'.repeat(64 * 1024)}`, length()]) + body)).toEqual([431]);
  });

  it('1.0 is served with a Host and refused without', async () => {
    expect(await statuses(head('POST /mcp HTTP/1.0', [HOST, length()]) + body)).toEqual([200]);
    expect(await statuses(head('POST /mcp HTTP/1.0', [length()]) + body)).toEqual([403]);
  });

  it.each([
    ['evil.example', 'localhost'],
    ['localhost', 'evil.example'],
    ['localhost', 'localhost'],
  ])('with the two Hosts %s and %s is refused', async (first, second) => {
    const twice = [`Host: ${first}`, `hOST: ${second}`, length(), 'Connection: close'];
    expect(await statuses(head(POST, twice) + body)).toEqual([403]);
  });

  it('serves pipelined requests in their order', async () => {
    const one = head(POST, [HOST, length()]) + body;
    const last = head(POST, [HOST, length(), 'Connection: close']) + body;
    expect(await statuses(one.repeat(999) + last)).toEqual(Array.from({ length: 1_000 }, () => 200));
    calls.length = 0;
  });

  it('executes nothing behind a body that was refused', async () => {
    const refused = head(POST, [HOST, 'Content-Encoding: gzip', length()]) + body;
    const last = head(POST, [HOST, length(), 'Connection: close']) + body;
    expect(await statuses(refused + last)).toEqual([415, 200]);
    const notMine = head('POST /other HTTP/1.1', [HOST, length(), 'Connection: close']) + body;
    expect(await statuses(notMine + last)).toEqual([404]);
  });

  it('has no protocol to upgrade to', async () => {
    const upgrade = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: x', 'Sec-WebSocket-Version: 13'];
    const text = await sendRaw(
      echo.port,
      head('GET /mcp HTTP/1.1', [HOST, ...upgrade]),
      /HTTP\/1\.1 \d{3} [^]*\r\n\r\n/,
    );
    expect(text).toMatch(/^HTTP\/1\.1 (200|405) /);
    await echo.alive();
  });

  it('cuts off a client that goes on sending what is too large', async () => {
    const socket = connect(echo.port, '127.0.0.1');
    let answered = '';
    socket.on('data', (data: Buffer) => (answered += data.toString())).on('error', () => undefined);
    socket.write(head(POST, [HOST, CHUNKED]));
    const megabyte = `100000\r\n${' '.repeat(1024 * 1024)}\r\n`;
    const pump = setInterval(() => socket.write(megabyte), 1);
    await until(() => socket.destroyed);
    clearInterval(pump);
    expect(answered).toContain('HTTP/1.1 413');
    expect(socket.bytesWritten).toBeLessThan(64 * 1024 * 1024);
    await echo.alive();
  });

  it('forgets a client that goes away in the middle of a body', async () => {
    const before = calls.length;
    const socket = connect(echo.port, '127.0.0.1');
    socket.write(head(POST, [HOST, length()]) + body.slice(0, 10));
    await until(() => socket.bytesWritten > 10);
    socket.destroy();
    await echo.alive();
    expect(calls).toHaveLength(before);
  });
});
