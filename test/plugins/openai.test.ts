import { inspect } from 'node:util';
import type { CreateMessageRequestParams, ModelAnswer, SamplingMessage } from 'perdura';
import { openai, type OpenAIOptions } from '../../plugins/openai/index.js';
import { OpenAIServer, raw, type Reply, says, whole } from '../fixtures/openai-server.js';

const SAY = { messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }], maxTokens: 100 } as const;
const usage = { prompt_tokens: 1_000, completion_tokens: 200, prompt_tokens_details: { cached_tokens: 600 } };

/** A conversation with everything that a chat can carry. */
const LONG: CreateMessageRequestParams = {
  systemPrompt: 'Be brief.',
  maxTokens: 321,
  temperature: 0.5,
  stopSequences: ['END'],
  tools: [{ name: 'look.up', description: 'Looks up.', inputSchema: { type: 'object' } }],
  toolChoice: { mode: 'required' },
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image', data: 'aGk=', mimeType: 'image/png' },
        { type: 'audio', data: 'aGk=', mimeType: 'audio/wav' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'a', name: 'look.up', input: { q: 1 } },
        { type: 'tool_use', id: 'b', name: 'look.up', input: { q: 2 } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', toolUseId: 'a', content: [{ type: 'text', text: 'one' }] },
        {
          type: 'tool_result',
          toolUseId: 'b',
          isError: true,
          content: [
            { type: 'text', text: 'no' },
            { type: 'image', data: 'aGk=', mimeType: 'image/png' },
          ],
        },
      ],
    },
  ],
};

/** What servers of this interface give for the model's eyes alone. */
const THOUGHT = {
  reasoning_content: 'first thought',
  reasoning_details: [{ type: 'reasoning.text', index: 0, text: 'first thought', signature: 'signed-1' }],
  tool_calls: [{ extra_content: { google: { thought_signature: 'signed-2' } } }],
};
const CALL = { index: 0, id: 'call-0', type: 'function', ...THOUGHT.tool_calls[0] };

/** Thinks and calls a tool. */
const thinks: Reply = (response, { stream }) => {
  const finish_reason = 'tool_calls';
  const called = { function: { name: 'look', arguments: '{}' } };
  if (!stream) {
    const message = { role: 'assistant', content: null, ...THOUGHT, tool_calls: [{ ...CALL, ...called }] };
    return whole({ choices: [{ index: 0, message, finish_reason }] })(response);
  }
  const detail = { type: 'reasoning.text', index: 0 };
  const deltas = [
    { reasoning_content: 'first ', reasoning_details: [{ ...detail, text: 'first ' }] },
    { reasoning_content: 'thought', reasoning_details: [{ ...detail, text: 'thought', signature: null }] },
    { reasoning_details: [{ ...detail, signature: 'signed-1' }] },
    { tool_calls: [{ ...CALL, ...called }] },
  ];
  const chunks = [...deltas.map((delta) => ({ choices: [{ delta }] })), { choices: [{ delta: {}, finish_reason }] }];
  raw('text/event-stream', chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''))(response);
};

describe.each([true, false])('A model behind chat completions, streaming: %s', (stream) => {
  let server: OpenAIServer;
  afterEach(() => server.close());

  async function ask(
    reply: Reply,
    { request = SAY as unknown as CreateMessageRequestParams, ...options }: AskOptions = {},
  ): Promise<ModelAnswer & { readonly pieces: readonly string[] }> {
    server = await OpenAIServer.start(reply);
    const pieces: string[] = [];
    const model = openai({ model: 'm', baseUrl: server.baseUrl, stream, ...options });
    const signal = new AbortController().signal;
    const answer = await model(request, { signal, onText: (piece) => pieces.push(piece) });
    return { ...answer, pieces };
  }

  it('answers with text, which watchers are shown as it comes', async () => {
    const { pieces, ...answer } = await ask(says({ text: 'Hello, world' }));
    expect(answer).toEqual({
      role: 'assistant',
      model: 'test-model-2026-11-01',
      content: [{ type: 'text', text: 'Hello, world' }],
      stopReason: 'endTurn',
    });
    expect(pieces).toEqual(stream ? ['Hello', ', wor', 'ld'] : ['Hello, world']);
  });

  it('asks for several tools at once, by the names that they have here', async () => {
    const names = ['look.up', `x${'y'.repeat(90)}`];
    const tools = names.map((name) => ({ name, inputSchema: { type: 'object' as const } }));
    const aliased: Reply = (response, body) => {
      const offered = body['tools'] as readonly { readonly function: { readonly name: string } }[];
      expect(offered.every(({ function: { name } }) => /^[\w-]{1,64}$/.test(name))).toBe(true);
      const [first, second] = offered.map(({ function: { name } }) => name) as [string, string];
      const calls = [
        { name: first, arguments: '{"q":"é"}' },
        { name: second, arguments: '' },
        { name: 'unknown', arguments: '{}' },
      ];
      says({ text: 'I look.', calls })(response, body);
    };
    expect(await ask(aliased, { request: { ...SAY, messages: [...SAY.messages], tools } })).toMatchObject({
      stopReason: 'toolUse',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 'call-0', name: names[0], input: { q: 'é' } },
        { type: 'tool_use', id: 'call-1', name: names[1], input: {} },
        { type: 'tool_use', id: 'call-2', name: 'unknown', input: {} },
      ],
    });
  });

  it('is given the whole conversation, what stays the same first', async () => {
    await ask(says({ text: 'ok' }), { request: LONG, apiKey: () => 'key-1', headers: { 'x-team': 'blue' } });
    const [{ body, headers, url } = { body: {}, headers: {}, url: '' }] = server.requests;
    const name = expect.stringMatching(/^look_up_[0-9a-f]{16}$/) as string;
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } };
    const call = (id: string, q: number) => ({
      id,
      type: 'function',
      function: { name, arguments: JSON.stringify({ q }) },
    });
    expect(url).toBe('/v1/chat/completions');
    expect(headers).toMatchObject({ authorization: 'Bearer key-1', 'x-team': 'blue' });
    expect(body).toEqual({
      model: 'm',
      tools: [{ type: 'function', function: { name, description: 'Looks up.', parameters: { type: 'object' } } }],
      tool_choice: 'required',
      max_tokens: 321,
      temperature: 0.5,
      stop: ['END'],
      ...(stream && { stream: true, stream_options: { include_usage: true } }),
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            image,
            { type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } },
          ],
        },
        { role: 'assistant', content: 'I look.', tool_calls: [call('a', 1), call('b', 2)] },
        { role: 'tool', tool_call_id: 'a', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: 'Error: no\n\n[image, image/png]' },
        { role: 'user', content: [{ type: 'text', text: 'From the result of b:' }, image] },
      ],
    });
  });

  it('begins each request of a conversation as it began the one before', async () => {
    server = await OpenAIServer.start(says({ text: 'ok' }));
    const model = openai({ model: 'm', baseUrl: server.baseUrl, stream });
    const { signal } = new AbortController();
    await model({ ...LONG, messages: LONG.messages.slice(0, 1) }, { signal });
    await model(LONG, { signal });
    const [first = '', second = ''] = server.requests.map(({ body }) => JSON.stringify(body));
    expect(second.startsWith(first.slice(0, -2))).toBe(true);
  });

  it('begins the request of an agent as it began the one before, its tools in one order, reasoning included', async () => {
    const tools = ['zoom.in', 'look', 'ask'].map((name) => ({ name, inputSchema: { type: 'object' as const } }));
    server = await OpenAIServer.start(thinks);
    const model = openai({ model: 'm', baseUrl: server.baseUrl, stream });
    const { signal } = new AbortController();
    const messages: SamplingMessage[] = [...SAY.messages];
    const carry = new Map<SamplingMessage, ModelAnswer['carry']>();
    for (let turn = 0; turn < 3; turn++) {
      const request = { ...SAY, tools, messages: [...messages] };
      const answer = await model(request, { signal, carried: (message) => carry.get(message) });
      const said: SamplingMessage = { role: 'assistant', content: answer.content };
      carry.set(said, answer.carry);
      const results = [{ type: 'tool_result' as const, toolUseId: 'call-0', content: [] }];
      messages.push(said, { role: 'user', content: results });
    }
    const bodies = server.requests.map(({ body }) => JSON.stringify(body));
    for (const [turn, body] of bodies.slice(1).entries())
      expect(body.startsWith(bodies[turn]!.slice(0, -2))).toBe(true);
  });

  it('is given back what it thought before it called tools, as it came, and is the only one', async () => {
    const { pieces, carry, ...answer } = await ask(thinks);
    expect(JSON.stringify([answer, pieces])).not.toMatch(/thought|signed/);
    const said: SamplingMessage = { role: 'assistant', content: answer.content };
    const request = { ...SAY, messages: [...SAY.messages, said] };
    const told = async (model: string, keepReasoning = true): Promise<unknown> => {
      const other = openai({ model, baseUrl: server.baseUrl, stream, keepReasoning });
      await other(request, { signal: new AbortController().signal, carried: () => carry });
      return server.requests.at(-1)?.body.messages[1];
    };
    const plain = {
      role: 'assistant',
      content: null,
      tool_calls: [expect.not.objectContaining({ extra_content: {} })],
    };
    expect(await told('m')).toMatchObject(THOUGHT);
    expect(await told('m', false)).toEqual(plain);
    expect(await told('another')).toEqual(plain);
  });

  it('carries nothing of a message that calls no tool', async () => {
    const chat: Reply = (response, body) => {
      const message = { role: 'assistant', content: 'ok', reasoning_content: 'thought' };
      const choice = { index: 0, finish_reason: 'stop', message, delta: message };
      if (body.stream) raw('text/event-stream', `data: ${JSON.stringify({ choices: [choice] })}\n\n`)(response);
      else whole({ choices: [choice] })(response);
    };
    expect(await ask(chat)).not.toHaveProperty('carry');
  });

  it.each(['auto', 'none'] as const)('is told the choice of tools: %s', async (mode) => {
    await ask(says({ text: 'ok' }), { request: { ...LONG, toolChoice: { mode } } });
    expect(server.requests[0]?.body['tool_choice']).toBe(mode);
  });

  it.each([
    ['length', 'maxTokens'],
    ['content_filter', 'contentFilter'],
    ['something_new', 'something_new'],
  ])('says that it stopped because of %s as %s', async (finish, stopReason) => {
    expect((await ask(says({ text: 'ok', finish }))).stopReason).toBe(stopReason);
  });

  it('tells what it used, and what that cost', async () => {
    const prices = { m: { input: 2, cachedInput: 0.5, output: 10 } };
    const { usage: used } = await ask(says({ text: 'ok', usage }), { prices });
    expect(used).toEqual({
      inputTokens: 1_000,
      cachedInputTokens: 600,
      outputTokens: 200,
      cost: (400 * 2 + 600 * 0.5 + 200 * 10) / 1_000_000,
    });
  });

  it('tells what it used without a cost where it has no price', async () => {
    const { usage: used } = await ask(says({ text: 'ok', usage }));
    expect(used).toEqual({ inputTokens: 1_000, cachedInputTokens: 600, outputTokens: 200 });
  });

  it('is chosen by what the agent prefers, and takes members of its own', async () => {
    const choose = (preferences?: { readonly hints?: readonly { readonly name?: string }[] }): string =>
      preferences?.hints?.[0]?.name ?? 'small';
    const request = { ...LONG, modelPreferences: { hints: [{ name: 'large' }] } };
    await ask(says({ text: 'ok' }), { request, model: choose, body: { reasoning_effort: 'low', max_tokens: 9 } });
    expect(server.requests[0]?.body).toMatchObject({ model: 'large', reasoning_effort: 'low', max_tokens: 9 });
  });

  it('is not asked any longer once nobody wants its answer', async () => {
    const abort = new AbortController();
    const closed = new Promise<void>((resolve) => {
      const hang: Reply = (response) => {
        response.once('close', resolve);
        abort.abort(new Error('cancelled'));
      };
      void OpenAIServer.start(hang).then((started) => {
        server = started;
        const model = openai({ model: 'm', baseUrl: started.baseUrl, stream });
        void expect(model(SAY as never, { signal: abort.signal })).rejects.toThrow('cancelled');
      });
    });
    await closed;
  });
});

describe('A stream of server-sent events', () => {
  it('may end its lines as it likes, in the middle of a character or of a line end', async () => {
    const chunk = (text: string, finish: string | null = null): string =>
      JSON.stringify({ choices: [{ delta: { content: text }, finish_reason: finish }] });
    const body = `: hello\r\ndata: ${chunk('é')}\r\n\r\nid: 1\rdata:${chunk('漢')}\r\rdata: ${chunk('!', 'stop')}\n\n`;
    const bytes = Buffer.from(body);
    const oneByOne: typeof fetch = () =>
      Promise.resolve(
        new Response(
          new ReadableStream<Uint8Array>({
            start(controller) {
              for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
              controller.close();
            },
          }),
          { headers: { 'content-type': 'text/event-stream' } },
        ),
      );
    const answer = await openai({ model: 'm', fetch: oneByOne })(SAY as never, {
      signal: new AbortController().signal,
    });
    expect(answer.content).toEqual([{ type: 'text', text: 'é漢!' }]);
  });

  it('may give all tool calls one index, or each piece of a call another id, and say that there is no error', async () => {
    const chunk = (id: string, args: string, name?: string): object => {
      const call = { index: 0, id, function: { arguments: args, ...(name !== undefined && { name }) } };
      return { error: null, choices: [{ delta: { tool_calls: [call] } }] };
    };
    const pieces = [chunk('a', '{"q":1}', 'f'), chunk('b', '{"q"', 'f'), chunk('c', ':2}')];
    const all = [...pieces, { choices: [{ delta: {}, finish_reason: 'tool_calls' }] }];
    const body = all.map((piece) => `data: ${JSON.stringify(piece)}\n\n`).join('');
    const server = await OpenAIServer.start(raw('text/event-stream', body));
    const model = openai({ model: 'm', baseUrl: server.baseUrl });
    const { content } = await model(SAY as never, { signal: new AbortController().signal });
    await server.close();
    expect(content).toEqual([
      { type: 'tool_use', id: 'a', name: 'f', input: { q: 1 } },
      { type: 'tool_use', id: 'b', name: 'f', input: { q: 2 } },
    ]);
  });

  it('may bring tool calls whole and without ids', async () => {
    const call = { function: { name: 'f', arguments: { q: 1 } } };
    const chunk = { choices: [{ delta: { tool_calls: [call, call] }, finish_reason: 'stop' }] };
    const server = await OpenAIServer.start(raw('text/event-stream', `data: ${JSON.stringify(chunk)}\n\n`));
    const model = openai({ model: 'm', baseUrl: server.baseUrl });
    const { content, stopReason } = await model(SAY as never, { signal: new AbortController().signal });
    await server.close();
    expect(stopReason).toBe('toolUse');
    expect(content).toMatchObject([
      { name: 'f', input: { q: 1 } },
      { name: 'f', input: { q: 1 } },
    ]);
    expect(new Set((content as readonly { readonly id: string }[]).map(({ id }) => id)).size).toBe(2);
  });
});

describe('openai()', () => {
  it.each<[string, Partial<OpenAIOptions>, string]>([
    ['a URL that is none', { baseUrl: 'localhost/v1' }, 'INVALID_MODEL_OPTION'],
    ['a password in the URL', { baseUrl: 'https://me:secret@example.com' }, 'INVALID_MODEL_OPTION'],
    ['an empty key', { apiKey: '' }, 'INVALID_MODEL_OPTION'],
    ['no room for an answer', { answerBytes: 0 }, 'INVALID_MODEL_OPTION'],
    ['a timeout that is none', { timeout: 'soon' as never }, 'INVALID_DURATION'],
  ])('refuses %s before it is asked', (_what, options, code) => {
    expect(() => openai({ model: 'm', ...options })).toThrow(expect.objectContaining({ code }) as Error);
  });
});

it('A key that no header can carry is not spelled out', async () => {
  const model = openai({ model: 'm', apiKey: () => 'secret\nkey', baseUrl: 'http://127.0.0.1:9' });
  const error: unknown = await model(SAY as never, { signal: new AbortController().signal }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'INVALID_MODEL_OPTION' });
  expect(inspect(error)).not.toContain('secret');
});

interface AskOptions extends Partial<OpenAIOptions> {
  readonly request?: CreateMessageRequestParams;
}
