/** `perdura/plugins/ai-sdk`: any language model of the AI SDK. */
import type { LanguageModel, LanguageModelUsage, ToolSet } from 'ai';
import {
  type CreateMessageRequestParams,
  type Duration,
  milliseconds,
  type Model,
  type ModelAnswer,
  PerduraError,
  type ToolUseContent,
  type Usage,
} from 'perdura';
import { faultOf } from './faults.js';
import { modelMessages } from './model-messages.js';

/** What a million tokens cost, in one currency for all models of an app. */
export interface Price {
  readonly input: number;
  /** Of input tokens that the provider had in its cache. Default: as much as others. */
  readonly cachedInput?: number;
  readonly output: number;
}

export interface AiSdkOptions {
  /** What the model costs; then `usage` has a `cost`. */
  readonly price?: Price;
  /** The most time that one answer may take. Default `'10m'`. */
  readonly timeout?: Duration;
  /** Settings of the provider's own, as its page names them. */
  readonly providerOptions?: Readonly<Record<string, Readonly<Record<string, never>>>>;
}

type Sdk = typeof import('ai');

/**
 * A model out of one of the AI SDK's (`ai` 7): of a provider's package, or the name of one at the gateway. The SDK's own retries are
 * off: wrap the model in `retry()` of `perdura/plugins/models`. Hidden reasoning is not kept, and tools keep their names, which some
 * providers want without dots.
 *
 * @example createApp({ model: aiSdk(anthropic('claude-sonnet-4-5')) })
 * @throws PerduraError `INVALID_DURATION` at once; the model `PACKAGE_MISSING`, `MODEL_UNAVAILABLE`, `MODEL_REFUSED`
 */
export function aiSdk(model: LanguageModel, { price, timeout = '10m', providerOptions }: AiSdkOptions = {}): Model {
  const longest = milliseconds(timeout);
  const name = typeof model === 'string' ? model : model.modelId;
  let sdk: Promise<Sdk> | undefined;
  return async (request, { signal, onText = () => {} }) => {
    const ai = await (sdk ??= load());
    const late = AbortSignal.timeout(longest);
    try {
      const { fullStream } = ai.streamText({
        model,
        ...settingsOf(request, ai),
        ...(providerOptions && { providerOptions }),
        maxRetries: 0,
        abortSignal: AbortSignal.any([signal, late]),
        // It is thrown as well; the SDK would write it to the console.
        onError: () => {},
      });
      return await read(name, fullStream as AsyncIterable<Part>, onText, price);
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw PerduraError.of('MODEL_UNAVAILABLE', name, `it took longer than ${longest} ms`);
      throw faultOf(name, error);
    }
  };
}

function settingsOf(request: CreateMessageRequestParams, { jsonSchema, tool }: Sdk) {
  const { systemPrompt, messages, tools = [], toolChoice, maxTokens, temperature, stopSequences } = request;
  const offered: ToolSet = Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      name,
      tool({ ...(description !== undefined && { description }), inputSchema: jsonSchema(inputSchema as object) }),
    ]),
  );
  return {
    messages: modelMessages(messages),
    ...(systemPrompt !== undefined && { instructions: systemPrompt }),
    ...(tools.length > 0 && { tools: offered, toolChoice: toolChoice?.mode ?? 'auto' }),
    maxOutputTokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(stopSequences && { stopSequences }),
  };
}

/** The parts of the SDK's stream that say something here. */
type Part =
  | { readonly type: 'text-delta'; readonly text: string }
  | {
      readonly type: 'tool-call';
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: unknown;
      readonly invalid?: boolean;
    }
  | {
      readonly type: 'finish-step';
      readonly finishReason: string;
      readonly usage: LanguageModelUsage;
      readonly response: { readonly modelId: string };
    }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'abort' };

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'endTurn',
  length: 'maxTokens',
  'tool-calls': 'toolUse',
  'content-filter': 'contentFilter',
};

async function read(
  name: string,
  parts: AsyncIterable<Part>,
  onText: (piece: string) => void,
  price: Price | undefined,
): Promise<ModelAnswer> {
  const calls: Extract<Part, { readonly type: 'tool-call' }>[] = [];
  let text = '';
  let end: Extract<Part, { readonly type: 'finish-step' }> | undefined;
  for await (const part of parts) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta' && part.text !== '') {
      onText(part.text);
      text += part.text;
    } else if (part.type === 'tool-call') calls.push(part);
    else if (part.type === 'finish-step') end = part;
  }
  if (end === undefined || isBroken(end)) {
    throw PerduraError.of('MODEL_UNAVAILABLE', name, 'the answer broke off');
  }
  const isCut = end.finishReason === 'length';
  const uses = calls.map((call) => toolUse(name, call, isCut));
  return {
    role: 'assistant',
    model: end.response.modelId,
    content: [...(text === '' && uses.length > 0 ? [] : [{ type: 'text' as const, text }]), ...uses],
    stopReason: STOP_REASONS[end.finishReason] ?? end.finishReason,
    usage: usageOf(end.usage, price),
  };
}

/** Where a stream ends without its last part, the SDK makes one up that knows of no tokens. */
function isBroken({ finishReason, usage }: Extract<Part, { readonly type: 'finish-step' }>): boolean {
  if (finishReason === 'error' || finishReason === 'interrupted') return true;
  return finishReason === 'other' && usage.inputTokens === undefined && usage.outputTokens === undefined;
}

function toolUse(
  model: string,
  { toolCallId, toolName, input }: Extract<Part, { readonly type: 'tool-call' }>,
  isCut: boolean,
): ToolUseContent {
  // A name that was not offered, which the SDK calls invalid too, is refused by the agent, and the model told.
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return { type: 'tool_use', id: toolCallId, name: toolName, input: input as Record<string, unknown> };
  }
  throw isCut
    ? PerduraError.of('MODEL_REFUSED', model, 'maxTokens ended its answer in the middle of a tool call')
    : PerduraError.of('MODEL_UNAVAILABLE', model, 'it called a tool with arguments that are no JSON object');
}

function usageOf({ inputTokens, outputTokens, inputTokenDetails }: LanguageModelUsage, price?: Price): Usage {
  const cachedInputTokens = inputTokenDetails.cacheReadTokens;
  const used = {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
  if (price === undefined || inputTokens === undefined || outputTokens === undefined) return used;
  const { input, cachedInput = input, output } = price;
  const cached = cachedInputTokens ?? 0;
  const cost = ((inputTokens - cached) * input + cached * cachedInput + outputTokens * output) / 1_000_000;
  return { ...used, cost };
}

async function load(): Promise<Sdk> {
  try {
    return await import('ai');
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
    throw PerduraError.from(error, 'PACKAGE_MISSING', 'aiSdk()', 'ai', String(code ?? message));
  }
}
