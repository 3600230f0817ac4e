import type { HttpServer } from 'perdura/http';
import { send } from '../server/send.js';
import { calls, echoServer, leaksNothing, type EchoServer } from './echo-server.js';
import { MALFORMED } from './malformed-messages.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('A malformed message on %s', (revision) => {
  let echo: EchoServer;
  let server: HttpServer;
  beforeAll(async () => {
    echo = await echoServer(revision);
    ({ server } = echo);
  });
  afterAll(() => server.close());

  // Spec: messages.json-rpc, messages.request-id, messages.null-id, messages.error-id, messages.error-member
  // Spec: messages.error-code, messages.notification-answer, messages.result-id, messages.result-member
  // Spec: headers.unknown-method@2026-07-28, meta.required-status@2026-07-28, http.not-accepted
  it.each(MALFORMED)('is answered as it should be: $name', async ({ body, on2025, on2026 }) => {
    const [status, ends, id] = revision === '2026-07-28' ? (on2026 ?? on2025) : on2025;
    const before = calls.length;
    const built = typeof body === 'string' ? body : body(echo.call);
    const sent = typeof built === 'string' ? built : JSON.stringify(built);
    const answer = await send(echo.port, { headers: { ...echo.headers, ...mirrored(sent) }, body: sent });

    expect(answer.status).toBe(status);
    leaksNothing(answer);
    if (ends === 'accepted') expect(answer.body).toBe('');
    else {
      const message = JSON.parse(answer.body) as {
        id?: unknown;
        result?: { isError?: boolean };
        error?: { code: number };
      };
      expect(message.error?.code ?? (message.result?.isError ? 'tool error' : 'result')).toBe(ends);
      expect(message.id).toBe(id);
    }
    expect(calls.length - before).toBe(ends === 'result' ? 1 : 0);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    await echo.alive();
  });

  /** On 2026-07-28 headers repeat the method and the name; this table is not about those that do not. */
  function mirrored(sent: string): Record<string, string> {
    if (revision === '2025-11-25') return {};
    const method = /.*"method":"([^"]*)"/s.exec(sent)?.[1] ?? 'tools/call';
    return { 'mcp-method': method, 'mcp-name': 'echo' };
  }
});
