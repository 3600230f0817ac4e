import { Agent, createApp, type CallContext, Task, type TaskContext, Tool } from 'perdura';
import { checkedConnect as connect } from '../checked-connect.js';
import { retry } from '../../plugins/models/index.js';
import { openai } from '../../plugins/openai/index.js';
import { begins, fails, OpenAIServer, raw, type Reply, says, whole } from '../fixtures/openai-server.js';
import { freePort } from '../fixtures/redis-server.js';

const KEY = 'sk-very-secret-0123456789';
const ATTEMPTS = 3;
const said = (message: string, members: object = {}): object => ({ error: { message, ...members } });
const broken = { name: 'f', arguments: '{"query": "uns' };

interface Row {
  readonly fault: string;
  readonly reply: Reply;
  /** What stands in parentheses in the sentence that the user sees. */
  readonly reason: string;
  readonly isFinal?: true;
  /** Words of the provider that only the report has. */
  readonly words?: string;
  readonly stream?: boolean;
  /** The clock that is to run out; the others have time for a busy machine. */
  readonly clock?: { readonly timeout?: number; readonly idleTimeout?: number };
}

const ROWS: readonly Row[] = [
  {
    fault: 'too many requests',
    reply: fails(429, said('Slow down', { code: 'rate_limit_exceeded' })),
    reason: 'HTTP 429, rate_limit_exceeded',
    words: 'Slow down',
  },
  {
    fault: 'no money left',
    reply: fails(429, said('Pay', { type: 'insufficient_quota' })),
    reason: 'HTTP 429, insufficient_quota',
    isFinal: true,
    words: 'Pay',
  },
  { fault: 'an internal error', reply: fails(500, said('Oops')), reason: 'HTTP 500', words: 'Oops' },
  {
    fault: 'an overloaded gateway',
    reply: fails(503, '<html>busy</html>', { 'content-type': 'text/html' }),
    reason: 'HTTP 503',
    words: '<html>busy',
  },
  {
    fault: 'a wrong key, which the provider repeats',
    reply: fails(401, said(`Incorrect API key: ${KEY}`, { code: 'invalid_api_key' })),
    reason: 'HTTP 401, invalid_api_key',
    isFinal: true,
    words: 'Incorrect API key: [redacted]',
  },
  {
    fault: 'a name that holds the key',
    reply: fails(403, said('No', { code: KEY })),
    reason: 'HTTP 403, [redacted]',
    isFinal: true,
  },
  {
    fault: 'a conversation that is too long',
    reply: fails(400, said('Too long', { code: 'context_length_exceeded' })),
    reason: 'HTTP 400, context_length_exceeded',
    isFinal: true,
    words: 'Too long',
  },
  {
    fault: 'an unknown model',
    reply: fails(404, { error: 'model not found' }),
    reason: 'HTTP 404',
    isFinal: true,
    words: 'model not found',
  },
  {
    fault: 'a redirect',
    reply: fails(307, '', { location: 'http://127.0.0.1:9/' }),
    reason: 'HTTP 307',
    isFinal: true,
  },
  { fault: 'silence from the start', reply: () => {}, reason: 'it was silent for 50 ms', clock: { idleTimeout: 50 } },
  {
    fault: 'silence in the middle',
    reply: begins(() => {}),
    reason: 'it was silent for 50 ms',
    clock: { idleTimeout: 50 },
  },
  {
    fault: 'an answer that drips for ever',
    reply: begins((response) => drip(response)),
    reason: 'it took longer than 100 ms',
    clock: { timeout: 100 },
  },
  {
    fault: 'a connection that is closed before the answer',
    reply: (response) => response.destroy(),
    reason: 'the connection failed: UND_ERR_SOCKET',
  },
  {
    fault: 'a connection that is closed in the answer',
    reply: begins((response) => response.destroy()),
    reason: 'the connection failed: UND_ERR_SOCKET',
  },
  { fault: 'an answer that breaks off', reply: begins((response) => response.end()), reason: 'the answer broke off' },
  {
    fault: 'an error in the middle of the answer',
    reply: begins((response) => response.end(`data: ${JSON.stringify(said('Lost it', { type: 'server_error' }))}\n\n`)),
    reason: 'server_error',
    words: 'Lost it',
  },
  {
    fault: 'an error with a status of success',
    reply: whole(said('Upstream', { code: 502 })),
    reason: 'HTTP 502',
    words: 'Upstream',
  },
  {
    fault: 'a whole answer that is not JSON',
    reply: raw('application/json', '{"choices": [{'),
    reason: 'the answer is not JSON',
    stream: false,
  },
  {
    fault: 'a piece that is not JSON',
    reply: raw('text/event-stream', 'data: {"choices"\n\n'),
    reason: 'the answer is not JSON',
  },
  { fault: 'JSON that is no completion', reply: whole({ hello: 'world' }), reason: 'the answer has no message' },
  {
    fault: 'a page in place of an answer',
    reply: raw('text/html', '<p>Log in</p>'),
    reason: 'the server answered with text/html in place of a completion',
    isFinal: true,
  },
  {
    fault: 'an answer without end',
    reply: raw('text/event-stream', `: ${'x'.repeat(200_000)}\n\n`),
    reason: 'its answer has more than 100000 bytes',
    isFinal: true,
  },
  {
    fault: 'tool arguments that are not JSON',
    reply: says({ calls: [broken] }),
    reason: 'it called a tool with arguments that are no JSON object',
  },
  {
    fault: 'tool arguments that are no object',
    reply: says({ calls: [{ name: 'f', arguments: '[1]' }] }),
    reason: 'it called a tool with arguments that are no JSON object',
    stream: false,
  },
  {
    fault: 'a tool call that maxTokens cuts',
    reply: says({ calls: [broken], finish: 'length' }),
    reason: 'maxTokens ended its answer in the middle of a tool call',
    isFinal: true,
  },
];

@Agent({ instructions: 'Answer.' })
class Answerer {}

@Tool({ name: 'ask', description: 'Asks the model.' })
class Ask {
  async call(_: object, ctx: CallContext): Promise<string> {
    return (await ctx.agent(Answerer, { prompt: 'Well?' })).text;
  }
}

describe('A provider with a fault', () => {
  let server: OpenAIServer;
  afterEach(() => server.close());

  /** Calls a tool that asks the model, and tells what came of it for everybody. */
  async function call(
    baseUrl: string,
    stream = true,
    clock: Row['clock'] = {},
  ): Promise<{ text: string; isError: boolean; reported: string }> {
    const reports: unknown[] = [];
    const model = openai({ model: 'test-model', apiKey: KEY, baseUrl, stream, answerBytes: 100_000, ...clock });
    const app = await createApp({
      name: 'faulty',
      version: '1.0.0',
      use: [Ask, Answerer],
      model: retry(model, { attempts: ATTEMPTS, delay: 0 }),
      report: (error) => reports.push(error),
    });
    const client = await connect(app, { revision: '2026-07-28' });
    const { content, isError } = await client.callTool('ask');
    await app.close();
    return { text: JSON.stringify(content), isError: isError === true, reported: reports.map(spelled).join('\n') };
  }

  it.each(ROWS)('that is $fault says so to the user', async ({ reply, reason, isFinal, words = '', stream, clock }) => {
    server = await OpenAIServer.start(reply);
    const { text, isError, reported } = await call(server.baseUrl, stream, clock);
    expect(isError).toBe(true);
    expect(text).toContain(isFinal ? `(${reason}), now or later` : `(${reason}; it was asked ${ATTEMPTS} times)`);
    // A clock may have run out before the request was out.
    if (clock === undefined) expect(server.requests).toHaveLength(isFinal ? 1 : ATTEMPTS);
    expect(reported).toContain(words);
    expect(text + reported).not.toContain(KEY);
    // The words of a provider are data from outside.
    if (words !== '') expect(text).not.toContain(words);
  });

  it('that is not there says so to the user', async () => {
    server = await OpenAIServer.start();
    const { text } = await call(`http://127.0.0.1:${await freePort()}/v1`);
    expect(text).toContain(`(the connection failed: ECONNREFUSED; it was asked ${ATTEMPTS} times)`);
  });

  it('that passes is not seen by the user', async () => {
    server = await OpenAIServer.start(fails(429, {}), fails(500, ''), says({ text: 'Well.' }));
    expect(await call(server.baseUrl)).toEqual({
      text: JSON.stringify([{ type: 'text', text: 'Well.' }]),
      isError: false,
      reported: '',
    });
  });

  it('that passes lets the next attempt of a task go well', async () => {
    @Task({ name: 'ask_later', description: 'Asks the model.', attempts: 2, backoff: { base: 1 } })
    class AskLater {
      async call(_: object, ctx: TaskContext): Promise<string> {
        return (await ctx.agent(Answerer, { prompt: 'Well?' })).text;
      }
    }
    server = await OpenAIServer.start(fails(503, {}), says({ text: 'Well.' }));
    const model = openai({ model: 'test-model', baseUrl: server.baseUrl });
    const reports: unknown[] = [];
    const report = (error: unknown): unknown => reports.push(error);
    const app = await createApp({ name: 'faulty', version: '1.0.0', use: [AskLater, Answerer], model, report });
    const client = await connect(app, { revision: '2026-07-28' });
    expect(await client.runTask('ask_later', {})).toMatchObject({ content: [{ text: 'Well.' }] });
    await app.close();
    expect(reports).toHaveLength(1);
  });

  it('tells when to come back', async () => {
    const again = fails(429, said('Later'), { 'retry-after': '3600' });
    server = await OpenAIServer.start(again);
    const { text } = await call(server.baseUrl);
    expect(text).toContain('(HTTP 429). Try again in 3600 s');
    expect(server.requests).toHaveLength(1);
  });
});

function drip(response: Parameters<Reply>[0]): void {
  const timer = setInterval(() => response.write(': still here\n\n'), 10);
  response.once('close', () => clearInterval(timer));
}

/** An error as a report may print it, causes included. */
function spelled(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack}\n${JSON.stringify(error)}\n${error.cause === undefined ? '' : spelled(error.cause)}`;
}
