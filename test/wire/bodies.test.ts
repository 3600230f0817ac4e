import type { HttpServer } from 'perdura/http';
import { send, type Received, type Sent } from '../server/send.js';
import { calls, echoServer, leaksNothing, type EchoServer } from './echo-server.js';

const LIMIT = 1024 * 1024;

describe.each(['2025-11-25', '2026-07-28'] as const)('A body on %s', (revision) => {
  let echo: EchoServer;
  let server: HttpServer;
  beforeAll(async () => {
    echo = await echoServer(revision);
    ({ server } = echo);
  });
  afterAll(() => server.close());

  const post = async (sent: Sent): Promise<Received> => {
    const before = calls.length;
    const answer = await send(echo.port, { ...sent, headers: { ...echo.headers, ...sent.headers } });
    leaksNothing(answer);
    if (answer.status !== 200) expect(calls).toHaveLength(before);
    await echo.alive();
    return answer;
  };
  const code = ({ body }: Received): number | undefined =>
    (JSON.parse(body) as { error?: { code: number } }).error?.code;
  /** The valid call with the JSON text in place of its arguments. */
  const withArguments = (json: string): string =>
    JSON.stringify({ ...echo.call, params: { ...echo.call.params, arguments: 'HERE' } }).replace('"HERE"', () => json);
  const nested = (depth: number, open: string, close: string): string => open.repeat(depth) + '0' + close.repeat(depth);
  const ofSize = (bytes: number): string => {
    const room = bytes - withArguments('{"text":""}').length;
    return withArguments(JSON.stringify({ text: 'x'.repeat(room) }));
  };

  // The message, its params and the arguments are three of the 64 levels.
  it.each([
    [62, '[', ']'],
    [65, '[', ']'],
    [1_000, '[', ']'],
    [3_000, '{"a":', '}'],
    [100_000, '[', ']'],
  ])('%i levels deep is refused', async (depth, open, close) => {
    const answer = await post({ body: withArguments(`{"text":${nested(depth, open, close)}}`) });
    expect([answer.status, code(answer)]).toEqual([400, -32600]);
  });

  it('within 64 levels is looked at', async () => {
    const answer = await post({ body: withArguments(`{"text":${nested(61, '[', ']')}}`) });
    expect([answer.status, answer.body.includes('isError')]).toEqual([200, true]);
  });

  // Spec: schemas.bounded
  it.each([
    [
      '250,000 keys',
      (): string => `{${Array.from({ length: 250_000 }, (_, key) => `"${key.toString(36)}":0`).join()}}`,
      4 * LIMIT,
    ],
    ['10,001 keys', (): string => `{${Array.from({ length: 10_001 }, (_, key) => `"k${key}":0`).join()}}`, LIMIT],
    ['a list of 500,000', (): string => `{"text":[${'0,'.repeat(500_000)}0]}`, LIMIT],
    ['200,000 empty objects', (): string => `{"text":[${'{},'.repeat(200_000)}{}]}`, LIMIT],
  ])('of %s is refused', async (_, json, maxBodyBytes) => {
    const roomy = await echoServer(revision, { maxBodyBytes });
    const body = withArguments(json());
    const answer = await send(roomy.port, { headers: roomy.headers, body });
    expect([answer.status, code(answer)]).toEqual([400, -32600]);
    leaksNothing(answer);
    await roomy.alive();
    await roomy.server.close();
  });

  // Spec: messages.utf-8
  it.each([
    ['a lone continuation byte', [0x80]],
    ['bytes that UTF-8 never has', [0xfe, 0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half a character', [0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('with %s is no UTF-8 and not executed', async (_, bytes) => {
    const [before = '', after = ''] = withArguments('{"text":"HERE"}').split('HERE');
    const answer = await post({ body: Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]) });
    expect([answer.status, code(answer)]).toEqual([400, -32700]);
  });

  it('in UTF-16 is refused', async () => {
    const answer = await post({ body: Buffer.from(`\uFEFF${JSON.stringify(echo.call)}`, 'utf16le') });
    expect([answer.status, code(answer)]).toEqual([400, -32700]);
  });

  it('passes every character of Unicode through, lone surrogates too', async () => {
    const text = '\u0000\u007f\u00e9e\u0301\u202e\u{e0041}\u{10ffff}\ufeff"\\';
    const answer = await post({ body: withArguments(JSON.stringify({ text })) });
    expect(answer.status).toBe(200);
    expect(calls.pop()).toEqual({ text });
    const lone = await post({ body: withArguments('{"text":"\\ud800"}') });
    expect(lone.status).toBe(200);
    expect(calls.pop()).toEqual({ text: '\ud800' });
  });

  it.each([
    'text/plain',
    'text/html',
    'text/json',
    'text/plain; a=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/octet-stream',
    'application/jsonp',
    'application/json5',
    'application/jsonl',
    'application/x-ndjson',
    'application/json-patch+json',
    'application/vnd.api+json',
    'application/json, text/plain',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json;charset="utf-7"',
    'application/ json',
    'application',
    'json',
    '*/*',
    '""',
    '',
  ])('of type "%s" is refused', async (type) => {
    expect((await post({ headers: { 'content-type': type }, body: echo.call })).status).toBe(415);
  });

  it.each([
    'application/json;charset=utf-8',
    'application/json; charset=UTF-8',
    'Application/JSON; charset="utf-8"',
    'application/json; version=1',
    'application/json ',
  ])('of type "%s" is JSON', async (type) => {
    expect((await post({ headers: { 'content-type': type }, body: echo.call })).status).toBe(200);
  });

  it.each(['gzip', 'br', 'deflate', 'zstd', 'identity, gzip', 'unknown'])(
    'encoded as "%s" is refused',
    async (encoding) => {
      const answer = await post({ headers: { 'content-encoding': encoding }, body: echo.call });
      expect([answer.status, answer.headers['accept-encoding']]).toEqual([415, 'identity']);
    },
  );

  it.each(['text/html', 'image/*', 'application/xml;q=0.9'])(
    'for a client that accepts only "%s" is refused',
    async (accept) => {
      expect((await post({ headers: { accept }, body: echo.call })).status).toBe(406);
    },
  );

  it('of exactly the limit is served, and one byte more is not', async () => {
    expect(Buffer.byteLength(ofSize(LIMIT))).toBe(LIMIT);
    const most = await post({ body: ofSize(LIMIT) });
    expect(most.status).toBe(200);
    for (const chunked of [false, true]) {
      const more = await post({ body: ofSize(LIMIT + 1), chunked });
      expect([more.status, code(more)]).toEqual([413, -32600]);
    }
    expect((await post({ body: ofSize(LIMIT), chunked: true })).status).toBe(200);
  });

  it('of several times the limit is refused while it is still being sent', async () => {
    for (const chunked of [false, true])
      expect((await post({ body: Buffer.alloc(4 * LIMIT, 32), chunked })).status).toBe(413);
  });
});
