import { APICallError, type LanguageModel } from 'ai';
import { IsBoolean } from 'class-validator';
import {
  Agent,
  type CallContext,
  createApp,
  type CreateMessageRequestParams,
  type ModelAnswer,
  Task,
  type TaskContext,
  TaskTrace,
  Tool,
} from 'perdura';
import { scriptedModel } from 'perdura/testing';
import { checkedConnect as connect } from '../checked-connect.js';
import { aiSdk, type AiSdkOptions } from '../../plugins/ai-sdk/index.js';

type Asked = Extract<LanguageModel, { readonly specificationVersion: 'v4' }>;
type Options = Parameters<Asked['doStream']>[0];
type Part = Awaited<ReturnType<Asked['doStream']>>['stream'] extends ReadableStream<infer P> ? P : never;

const USAGE = {
  inputTokens: { total: 100, noCache: 40, cacheRead: 60, cacheWrite: undefined },
  outputTokens: { total: 10, text: 10, reasoning: undefined },
};
const finish = (unified: 'stop' | 'length' | 'tool-calls'): Part => ({
  type: 'finish',
  usage: USAGE,
  finishReason: { unified, raw: undefined },
});
const text = (...pieces: readonly string[]): Part[] => [
  { type: 'text-start', id: '0' },
  ...pieces.map((delta): Part => ({ type: 'text-delta', id: '0', delta })),
  { type: 'text-end', id: '0' },
];
const call = (toolName: string, input: string, toolCallId = 'a'): Part => ({
  type: 'tool-call',
  toolCallId,
  toolName,
  input,
});

/** A language model as a provider's package makes them, which answers its n-th request with the n-th parts. */
function languageModel(...answers: readonly (readonly Part[] | Error | 'silence')[]): {
  readonly model: LanguageModel;
  readonly asked: Options[];
} {
  const asked: Options[] = [];
  const model: Asked = {
    specificationVersion: 'v4',
    provider: 'test',
    modelId: 'test-model',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('It streams.')),
    doStream(options) {
      const answer = answers[asked.push(options) - 1] ?? [];
      if (answer instanceof Error) return Promise.reject(answer);
      const stream = new ReadableStream<Part>({
        start(controller) {
          if (answer === 'silence') {
            options.abortSignal?.addEventListener('abort', () => controller.error(options.abortSignal?.reason));
            return;
          }
          for (const part of answer) controller.enqueue(part);
          controller.close();
        },
      });
      return Promise.resolve({ stream });
    },
  };
  return { model, asked };
}

const HI: CreateMessageRequestParams = {
  messages: [{ role: 'user', content: { type: 'text', text: 'Hi' } }],
  maxTokens: 50,
};

async function ask(
  model: LanguageModel,
  { request = HI, signal = new AbortController().signal, ...options }: AskOptions = {},
): Promise<ModelAnswer & { readonly pieces: readonly string[] }> {
  const pieces: string[] = [];
  const answer = await aiSdk(model, options)(request, { signal, onText: (piece) => pieces.push(piece) });
  return { ...answer, pieces };
}

interface AskOptions extends AiSdkOptions {
  readonly request?: CreateMessageRequestParams;
  readonly signal?: AbortSignal;
}

describe('A model of the AI SDK', () => {
  it('answers with text as it comes, and tells what it used and cost', async () => {
    const { model } = languageModel([...text('Hel', 'lo'), finish('stop')]);
    expect(await ask(model, { price: { input: 2, cachedInput: 1, output: 5 } })).toEqual({
      role: 'assistant',
      model: 'test-model',
      content: [{ type: 'text', text: 'Hello' }],
      stopReason: 'endTurn',
      usage: { inputTokens: 100, cachedInputTokens: 60, outputTokens: 10, cost: (40 * 2 + 60 + 10 * 5) / 1_000_000 },
      pieces: ['Hel', 'lo'],
    });
  });

  it('is given the whole conversation', async () => {
    const { model, asked } = languageModel([call('look', '{}', 'c'), finish('tool-calls')]);
    const image = { type: 'image', data: 'aGk=', mimeType: 'image/png' } as const;
    const words = { type: 'text', text: 'one' } as const;
    await ask(model, {
      request: {
        systemPrompt: 'Be brief.',
        maxTokens: 321,
        temperature: 0.5,
        stopSequences: ['END'],
        tools: [{ name: 'look', description: 'Looks.', inputSchema: { type: 'object' } }],
        toolChoice: { mode: 'required' },
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'What?' }, image] },
          {
            role: 'assistant',
            content: ['a', 'b'].map((id) => ({ type: 'tool_use' as const, id, name: 'look', input: { id } })),
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', toolUseId: 'a', content: [words, image] },
              { type: 'tool_result', toolUseId: 'b', content: [words], isError: true },
            ],
          },
        ],
      },
    });
    const result = (toolCallId: string, output: object): object =>
      expect.objectContaining({
        type: 'tool-result',
        toolCallId,
        toolName: 'look',
        output: expect.objectContaining(output) as object,
      }) as object;
    expect(asked[0]).toMatchObject({
      maxOutputTokens: 321,
      temperature: 0.5,
      stopSequences: ['END'],
      tools: [{ type: 'function', name: 'look', description: 'Looks.', inputSchema: { type: 'object' } }],
      toolChoice: { type: 'required' },
      prompt: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What?' },
            { type: 'file', mediaType: 'image/png' },
          ],
        },
        {
          role: 'assistant',
          content: ['a', 'b'].map((id) => ({ type: 'tool-call', toolCallId: id, toolName: 'look', input: { id } })),
        },
        {
          role: 'tool',
          content: [result('a', { type: 'content' }), result('b', { type: 'error-text', value: 'one' })],
        },
      ],
    });
  });

  it('drives an agent over its tools, several at once', async () => {
    @Tool({ name: 'today', description: 'The date.' })
    class Today {
      call(): string {
        return '2026-11-21';
      }
    }
    @Agent({ instructions: 'Tell the date.', tools: [Today] })
    class Clerk {}
    @Tool({ name: 'ask', description: 'Asks the clerk.' })
    class Ask {
      async call(_: object, ctx: CallContext): Promise<string> {
        const { text: said, toolCalls } = await ctx.agent(Clerk, { prompt: 'Date?' });
        return `${said} (${toolCalls} calls)`;
      }
    }
    const { model, asked } = languageModel(
      [call('today', '{}', 'a'), call('yesterday', '{}', 'b'), finish('tool-calls')],
      [...text('It is the 21st.'), finish('stop')],
    );
    const app = await createApp({ name: 'clock', version: '1.0.0', use: [Ask, Clerk, Today], model: aiSdk(model) });
    const client = await connect(app, { revision: '2026-07-28' });
    expect((await client.callTool('ask')).content).toMatchObject([{ text: 'It is the 21st. (2 calls)' }]);
    await app.close();
    expect(JSON.stringify(asked[1]?.prompt)).toContain('2026-11-21');
    expect(JSON.stringify(asked[1]?.prompt)).toContain('There is no such tool');
  });

  it('is told tools whose names providers refuse by others, in every turn, and answers by its own', async () => {
    const tools = ['look.up', `x${'y'.repeat(90)}`, 'plain_0123456789abcdef', 'plain'].map((name) => ({
      name,
      inputSchema: { type: 'object' as const },
    }));
    const first = languageModel([...text('ok'), finish('stop')]);
    await ask(first.model, { request: { ...HI, tools } });
    const names = (first.asked[0]?.tools ?? []).map(({ name }) => name);
    expect(names.every((name) => /^[\w-]{1,64}$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(4);
    expect(names[3]).toBe('plain');
    // Else a tool could take the name that another goes by.
    expect(names[2]).not.toBe('plain_0123456789abcdef');
    const second = languageModel([...names.map((name, id) => call(name, '{}', `c${id}`)), finish('tool-calls')]);
    const uses = tools.map(({ name }, id) => ({ type: 'tool_use' as const, id: `a${id}`, name, input: {} }));
    const results = uses.map(({ id }) => ({ type: 'tool_result' as const, toolUseId: id, content: [] }));
    const messages = [
      ...HI.messages,
      { role: 'assistant', content: uses },
      { role: 'user', content: results },
    ] as const;
    const { content } = await ask(second.model, { request: { ...HI, tools, messages: [...messages] } });
    expect((content as { name: string }[]).map(({ name }) => name)).toEqual(tools.map(({ name }) => name));
    const told = (second.asked[0]?.prompt ?? [])
      .slice(-2)
      .map((message) => (message.content as readonly { toolName: string }[]).map(({ toolName }) => toolName));
    expect(told).toEqual([names, names]);
  });

  describe('that thinks before it answers', () => {
    const THOUGHT = 'The user must not read this';
    const signed = { anthropic: { signature: 'sig-1' } };
    const thinks: Part[] = [
      { type: 'reasoning-start', id: 'r' },
      { type: 'reasoning-delta', id: 'r', delta: THOUGHT },
      { type: 'reasoning-delta', id: 'r', delta: '', providerMetadata: signed },
      { type: 'reasoning-end', id: 'r' },
    ];
    const marked = {
      ...call('confirm', '{}', 'a'),
      providerMetadata: { google: { thoughtSignature: 'sig-2' } },
    } as Part;
    const turns = [
      [...thinks, ...text('I ask.'), marked, finish('tool-calls')],
      [...text('Done.'), finish('stop')],
    ];

    class Consent {
      @IsBoolean() ok!: boolean;
    }
    @Tool({ name: 'confirm', description: 'Asks the user.' })
    class Confirm {
      async call(_: object, ctx: CallContext): Promise<string> {
        return String((await ctx.elicit('Sure?', Consent)).ok);
      }
    }
    @Agent({ instructions: 'Ask first.', tools: [Confirm] })
    class Careful {}
    @Task({ name: 'act', description: 'Acts, once the user agrees.' })
    class Act {
      async call(_: object, ctx: TaskContext): Promise<string> {
        return JSON.stringify(await ctx.agent(Careful, { prompt: 'Act.' }));
      }
    }
    const use = [Act, Careful, Confirm, TaskTrace];
    const open = (models: Parameters<typeof createApp>[0]['model']) =>
      // So that the task parks, and what the model said comes from the journal.
      createApp({ name: 'acts', version: '1.0.0', use, ...(models && { model: models }), tasks: { hold: 0 } });

    it('is given its thoughts back as it signed them, after the task has parked too, and nobody else is', async () => {
      const { model, asked } = languageModel(...turns);
      const app = await open(aiSdk(model));
      const heard: unknown[] = [];
      const client = await connect(app, {
        revision: '2026-07-28',
        elicit: () => ({ action: 'accept', content: { ok: true } }),
        logLevel: 'debug',
      });
      const { taskId } = await client.startTask('act', {});
      heard.push(await client.followTask(taskId), await client.readResource(`task://${taskId}/trace`));
      expect(JSON.stringify(heard)).toContain('Done.');
      expect(JSON.stringify(heard)).not.toContain(THOUGHT);
      expect(JSON.stringify(heard)).not.toContain('sig-');
      await app.close();
      expect(asked).toHaveLength(2);
      // What a prompt cache looks for: the same tools, and the same messages up to where the new ones begin.
      expect(JSON.stringify(asked[1]?.tools)).toBe(JSON.stringify(asked[0]?.tools));
      expect(JSON.stringify(asked[1]?.prompt.slice(0, 2))).toBe(JSON.stringify(asked[0]?.prompt));
      expect(asked[1]?.prompt[2]).toMatchObject({
        role: 'assistant',
        content: [
          { type: 'reasoning', text: THOUGHT, providerOptions: signed },
          { type: 'text', text: 'I ask.' },
          { type: 'tool-call', toolName: 'confirm', providerOptions: { google: { thoughtSignature: 'sig-2' } } },
        ],
      });
    });

    it('has its thoughts kept from the model that takes over from it', async () => {
      const { model } = languageModel(turns[0] as Part[], new Error('out of order'));
      const other = scriptedModel(['Done by another.']);
      const app = await open([aiSdk(model), other]);
      const elicit = () => ({ action: 'accept' as const, content: { ok: true } });
      const client = await connect(app, { revision: '2026-07-28', elicit });
      expect(JSON.stringify(await client.runTask('act', {}))).toContain('Done by another.');
      await app.close();
      const told = JSON.stringify(other.requests);
      expect(told).toContain('I ask.');
      expect(told).not.toContain(THOUGHT);
      expect(told).not.toContain('sig-');
    });
  });

  const failure = (statusCode: number | undefined, responseHeaders = {}): Error =>
    new APICallError({
      message: 'Words of the provider',
      url: 'https://provider.example',
      requestBodyValues: { secret: 'conversation' },
      ...(statusCode !== undefined && { statusCode }),
      ...(statusCode === undefined && { isRetryable: true }),
      responseHeaders,
    });

  it.each<[string, readonly Part[] | Error, object]>([
    ['too many requests', failure(429, { 'retry-after': '7' }), { code: 'MODEL_UNAVAILABLE', retryAfter: 7 }],
    [
      'too many requests, with the time in milliseconds',
      failure(429, { 'retry-after-ms': '1500', 'retry-after': '7' }),
      { code: 'MODEL_UNAVAILABLE', retryAfter: 2 },
    ],
    ['an internal error', failure(500), { code: 'MODEL_UNAVAILABLE', facts: ['test-model', 'HTTP 500', undefined] }],
    ['no connection', failure(undefined), { code: 'MODEL_UNAVAILABLE' }],
    ['a refusal', failure(400), { code: 'MODEL_REFUSED', facts: ['test-model', 'HTTP 400'] }],
    [
      'an error in the stream',
      [...text('Half'), { type: 'error', error: failure(503) }],
      { code: 'MODEL_UNAVAILABLE' },
    ],
    ['a stream that breaks off', text('Half'), { code: 'MODEL_UNAVAILABLE' }],
    ['broken arguments', [call('look', '{"a'), finish('tool-calls')], { code: 'MODEL_UNAVAILABLE' }],
    ['arguments that are cut', [call('look', '{"a'), finish('length')], { code: 'MODEL_REFUSED' }],
  ])('turns %s into an error that the framework understands, asking once', async (_what, answer, expected) => {
    const { model, asked } = languageModel(answer);
    const request = { ...HI, tools: [{ name: 'look', inputSchema: { type: 'object' as const } }] };
    const error: unknown = await ask(model, { request }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(expected);
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(error)).not.toContain('conversation');
    expect((error as Error).message).not.toContain('Words of the provider');
  });

  it('that calls no tool where it must may be asked again', async () => {
    const { model } = languageModel([...text('No.'), finish('stop')]);
    const tools = [{ name: 'look', inputSchema: { type: 'object' as const } }];
    const request: CreateMessageRequestParams = { ...HI, tools, toolChoice: { mode: 'required' } };
    await expect(ask(model, { request })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
  });

  it('is not waited for longer than it may take', async () => {
    const { model } = languageModel('silence');
    await expect(ask(model, { timeout: 20 })).rejects.toMatchObject({
      code: 'MODEL_UNAVAILABLE',
      facts: ['test-model', 'it took longer than 20 ms', undefined],
    });
  });

  it('is not asked any longer once nobody wants its answer', async () => {
    const abort = new AbortController();
    const { model } = languageModel('silence');
    const answered = ask(model, { signal: abort.signal });
    abort.abort(new Error('cancelled'));
    await expect(answered).rejects.toThrow('cancelled');
  });
});
