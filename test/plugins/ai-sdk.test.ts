import { APICallError, type LanguageModel } from 'ai';
import { Agent, type CallContext, createApp, type CreateMessageRequestParams, type ModelAnswer, Tool } from 'perdura';
import { connect } from 'perdura/testing';
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
