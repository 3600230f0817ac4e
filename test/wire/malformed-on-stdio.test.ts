import { PassThrough } from 'node:stream';
import { serveStdio, type StdioServer } from 'perdura/stdio';
import { until } from '../fixtures/until.js';
import { INITIALIZE } from '../server/send.js';
import { validate } from '../schema-check.js';
import { calls, echoApp, INTERNAL, validCall } from './echo-server.js';
import { MALFORMED } from './malformed-messages.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('A malformed line on %s', (revision) => {
  let input: PassThrough;
  let server: StdioServer;
  let lines: string[];
  beforeAll(async () => {
    const output = new PassThrough();
    input = new PassThrough();
    lines = [];
    output.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n').filter(Boolean)));
    server = serveStdio(await echoApp(), { streams: { input, output } });
    if (revision === '2026-07-28') return;
    input.write(`${JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: INITIALIZE })}\n`);
    await until(() => lines.length === 1);
  });
  afterAll(() => server.close());

  const call = validCall(revision);
  // A blank line is no message, several lines are several messages, and there is no header to differ from.
  const rows = MALFORMED.flatMap(({ name, body, on2025, on2026 }) => {
    const built = typeof body === 'string' ? body : body(call);
    const line = typeof built === 'string' ? built : JSON.stringify(built);
    if (line.trim() === '' || line.includes('\n')) return [];
    const [, ends, id] =
      revision === '2026-07-28' && on2026?.[1] !== -32020 && on2025[1] !== 'accepted' ? (on2026 ?? on2025) : on2025;
    return [{ name, line, ends, id }];
  });

  // Spec: messages.json-rpc, messages.notification-answer, messages.base
  it.each(rows)('is answered as it should be: $name', async ({ line, ends, id }) => {
    const before = calls.length;
    lines = [];
    input.write(`${line}\n${JSON.stringify({ ...call, id: 'after' })}\n`);
    await until(() => lines.some((text) => text.includes('"after"')));
    const answers = lines.map(
      (text) => JSON.parse(text) as { id?: unknown; result?: { isError?: boolean }; error?: { code: number } },
    );
    const answer = answers.find((message) => message.id !== 'after');
    expect(lines.join('\n')).not.toMatch(INTERNAL);
    // All that is served here are calls.
    expect(answers.flatMap((message) => validate(revision, 'received', message, 'tools/call'))).toEqual([]);
    const ended = answer && (answer.error?.code ?? (answer.result?.isError ? 'tool error' : 'result'));
    expect([ended ?? 'accepted', answer?.id]).toEqual([ends, id]);
    expect(calls.length - before).toBe(ends === 'result' ? 2 : 1);
  });
});
