import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { serveStdio, type StdioServer } from '../../framework/stdio.js';
import { echoApp, type EchoApp } from './echo-app.js';
import { until } from '../fixtures/until.js';
import { INITIALIZE, sessionRequest, statelessRequest } from './send.js';

const ROOT = join(__dirname, '../..');

describe('serveStdio over a pair of streams', () => {
  let app: EchoApp;
  let input: PassThrough;
  let output: PassThrough;
  let server: StdioServer;
  let text: string;
  beforeEach(() => {
    app = echoApp();
    [input, output, text] = [new PassThrough(), new PassThrough(), ''];
    output.on('data', (chunk: Buffer) => (text += chunk.toString()));
    server = serveStdio(app, { streams: { input, output }, maxLineBytes: 100_000 });
  });
  afterEach(() => server.close());

  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const ask = (...messages: unknown[]): void => {
    for (const message of messages) input.write(`${JSON.stringify(message)}\n`);
  };

  // Spec: messages.base, transport.custom, stateless.interleaved, transport.delivers
  it('serves both revisions on one pipe, each message by what it says', async () => {
    ask({ ...statelessRequest('echo'), id: 'a' });
    ask(
      { ...sessionRequest('initialize', INITIALIZE), id: 'b' },
      { jsonrpc: '2.0', method: 'notifications/initialized' },
    );
    ask({ ...sessionRequest('later'), id: 'c' }, { ...statelessRequest('talk', { count: 2 }), id: 'd' });
    await until(() => lines().length === 6);
    expect(lines().map(({ id, method }) => id ?? method)).toEqual(
      expect.arrayContaining(['a', 'b', 'c', 'notifications/progress', 'notifications/progress', 'd']),
    );
    expect(app.seen).toContain('receive notifications/initialized');
    app.sinks.at(-1)?.({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await until(() => lines().at(-1)?.['method'] === 'notifications/tools/list_changed');
    ask({ ...sessionRequest('initialize', INITIALIZE), id: 'again' });
    await until(() => lines().some(({ id, error }) => id === 'again' && error !== undefined));
  });

  it('reads messages however they are cut', async () => {
    const bytes = Buffer.from(
      `\r\n${JSON.stringify({ ...statelessRequest('echo', { word: 'été 😀' }), id: 'a' })}\r\n\n`,
    );
    for (const byte of bytes) input.write(Buffer.from([byte]));
    input.write(Buffer.concat([bytes, bytes]));
    await until(() => lines().length === 3);
    expect(lines()[0]).toMatchObject({ id: 'a', result: { params: { word: 'été 😀' } } });
  });

  it('answers what is no message with an error, and goes on', async () => {
    input.write(Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x0a]));
    input.write('{"jsonrpc":\n[]\nnull\n{"jsonrpc":"1.0","id":7,"method":"echo"}\n');
    ask({ ...statelessRequest('throw'), id: 'fails' }, { ...statelessRequest('echo'), id: 'works' });
    await until(() => lines().some(({ id }) => id === 'works'));
    const codes = lines().map(({ id, error }) => [id, (error as { code: number } | undefined)?.code]);
    expect(codes).toEqual([
      [undefined, -32700],
      [undefined, -32700],
      [undefined, -32600],
      [undefined, -32600],
      [7, -32600],
      ['fails', -32603],
      ['works', undefined],
    ]);
    expect(text).not.toMatch(/secret|srv/);
  });

  it('ends where its input is destroyed without an end, and aborts what runs', async () => {
    ask({ ...statelessRequest('wait'), id: 'aborted' });
    await until(() => app.seen.includes('serve wait'));
    input.destroy();
    await server.closed;
    expect(app.seen).toContain('closed wait');
  });

  // Spec: transport.delivers
  it('hands cancellations to the protocol', async () => {
    ask({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    await until(() => app.seen.includes('stateless notifications/cancelled'));
  });

  // Spec: listen.graceful
  it('gives what runs a moment when its input ends, ends subscriptions, and leaves the app open', async () => {
    ask({ ...statelessRequest('wait'), id: 'finishes' }, { ...statelessRequest('subscriptions/listen'), id: 'ends' });
    await until(() => app.seen.length === 2);
    input.end();
    await until(() => app.seen.includes('closed subscriptions/listen'));
    app.release();
    await server.closed;
    expect(app.seen.slice(2)).toEqual(['closed subscriptions/listen', 'released wait']);
    expect(lines()).toMatchObject([{ id: 'ends' }, { id: 'finishes' }]);
    expect(output.writableEnded).toBe(true);
  });

  it('aborts what does not finish', async () => {
    ask(statelessRequest('wait'));
    await until(() => app.seen.includes('serve wait'));
    await server.close();
    expect(app.seen).toContain('closed wait');
  });

  it('ends the connection at a message that is too long', async () => {
    for (let sent = 0; sent <= 100_000; sent += 10_000) input.write('x'.repeat(10_000));
    await server.closed;
    expect(output.writableEnded).toBe(true);
  });

  it('answers in one write what came in one piece', async () => {
    const writes: string[] = [];
    const gathering = new Writable({
      decodeStrings: false,
      write: (chunk: string, _, done) => (writes.push(chunk), done()),
      writev: (chunks, done) => (writes.push(chunks.map(({ chunk }) => chunk as string).join('')), done()),
    });
    const other = serveStdio(app, { streams: { input: (input = new PassThrough()), output: gathering } });
    const asked = Array.from({ length: 16 }, (_, id) => `${JSON.stringify({ ...statelessRequest('echo'), id })}\n`);
    input.write(asked.join(''));
    await until(() => writes.length > 0);
    expect(writes).toHaveLength(1);
    expect(writes[0]?.split('\n').filter(Boolean)).toHaveLength(16);
    await other.close();
  });

  it('stops reading from a client that does not read', async () => {
    output.removeAllListeners('data').pause();
    const size = 90_000;
    for (let sent = 0; sent < 200; sent++) ask(statelessRequest('echo', { word: 'x'.repeat(size) }));
    await until(() => input.isPaused());
    expect(app.seen.length).toBeLessThan(80);
    output.on('data', (chunk: Buffer) => (text += chunk.toString())).resume();
    await until(() => app.seen.length === 200);
  });
});

describe('serveStdio in a process of its own', () => {
  const start = (): {
    child: ChildProcessWithoutNullStreams;
    out: () => string;
    err: () => string;
    ended: Promise<number>;
  } => {
    const file = join(ROOT, 'test/fixtures/echo-stdio.ts');
    const child = spawn(process.execPath, ['--import', '@swc-node/register/esm-register', file], { cwd: ROOT });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.on('error', () => undefined);
    const ended = once(child, 'exit').then(([code]) => code as number);
    return { child, out: () => out, err: () => err, ended };
  };
  const ready = async (server: ReturnType<typeof start>): Promise<void> => {
    server.child.stdin.write(`${JSON.stringify(statelessRequest('echo'))}\n`);
    await until(() => server.out().endsWith('\n'), 20_000);
  };

  // Spec: stdio.only-messages, stdio.newlines, stdio.exit, auth.stdio, auth.stdio-environment
  it('writes nothing but messages to its output, whatever else prints', async () => {
    const server = start();
    await ready(server);
    server.child.stdin.end();
    expect(await server.ended).toBe(0);
    expect(server.out().trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(server.out())).toMatchObject({ jsonrpc: '2.0', result: {} });
    expect(server.err()).toContain('printed by console.log');
    expect(server.err()).toContain('printed by a library');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends with code 0 after %s, aborting what runs',
    async (signal) => {
      const server = start();
      await ready(server);
      server.child.stdin.write(`${JSON.stringify(statelessRequest('wait'))}\n`);
      server.child.kill(signal);
      expect(await server.ended).toBe(0);
    },
    30_000,
  );

  it('answers everything that was piped into it before it ends', async () => {
    const server = start();
    const many = Array.from(
      { length: 2_000 },
      () => `${JSON.stringify(statelessRequest('later', { word: 'x'.repeat(500) }))}\n`,
    );
    server.child.stdin.end(many.join(''));
    expect(await server.ended).toBe(0);
    expect(server.out().trim().split('\n')).toHaveLength(2_000);
  });

  it('ends with code 1 and says why at a message over 10 MiB', async () => {
    const server = start();
    await ready(server);
    server.child.stdin.write('x'.repeat(11 * 1024 * 1024));
    expect(await server.ended).toBe(1);
    expect(server.err()).toContain('perdura: connection ended, a message is longer than 10485760 bytes.');
  });
});
