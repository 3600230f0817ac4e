/** `perdura/plugins/ai-sdk`: any language model of the AI SDK. */
import type { LanguageModel, ToolSet } from 'ai';
import { type CreateMessageRequestParams, type Duration, milliseconds, type Model, PerduraError } from 'perdura';
import { type Price, priced, providerToolName, toolsByProviderName } from 'perdura/plugins/models';
import { optionalPackage } from '../optional-package.js';
import { answerOf } from './answer.js';
import { partsIn } from './carry.js';
import { faultOf } from './faults.js';
import { modelMessages, type CarriedIn } from './model-messages.js';
import { type Part, Saying } from './parts.js';

export type { Price } from 'perdura/plugins/models';

/** What {@link aiSdk} is told beside the model. */
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
 * off: wrap the model in `retry()` of `perdura/plugins/models`. What the model thought before it answered goes back to it as it came,
 * with all that its provider signed, and to nobody else.
 *
 * @example createApp({ model: aiSdk(anthropic('claude-sonnet-4-5')) })
 * @throws PerduraError `INVALID_DURATION` at once; the model `PACKAGE_MISSING`, `MODEL_UNAVAILABLE`, `MODEL_REFUSED`
 */
export function aiSdk(model: LanguageModel, { price, timeout = '10m', providerOptions }: AiSdkOptions = {}): Model {
  const longest = milliseconds(timeout);
  const name = typeof model === 'string' ? model : model.modelId;
  const by = typeof model === 'string' ? model : `${model.provider}/${model.modelId}`;
  let sdk: Promise<Sdk> | undefined;
  return async (request, { signal, carried, onText = () => {} }) => {
    const ai = await (sdk ??= optionalPackage('aiSdk()', 'ai', () => import('ai')));
    const clock = startClock(signal, longest);
    try {
      const { fullStream } = ai.streamText({
        model,
        ...settingsOf(request, ai, (message) => partsIn(by, carried?.(message))),
        ...(providerOptions && { providerOptions }),
        maxRetries: 0,
        abortSignal: clock.signal,
        // It is thrown as well; the SDK would write it to the console.
        onError: () => {},
      });
      const saying = new Saying();
      for await (const part of fullStream as AsyncIterable<Part>) {
        const text = saying.take(part);
        if (text !== '') onText(text);
      }
      const answer = answerOf(saying, { name, model: by, toolOf: toolsByProviderName(request.tools) });
      return { ...answer, usage: priced(answer.usage ?? {}, price) };
    } catch (error) {
      signal.throwIfAborted();
      if (clock.signal.aborted) throw PerduraError.of('MODEL_UNAVAILABLE', name, `it took longer than ${longest} ms`);
      throw faultOf(name, error);
    } finally {
      clock.stop();
    }
  };
}

/** A signal that aborts with the given one, or when the time is over, for as long as nobody stops it. */
function startClock(signal: AbortSignal, longest: number): { readonly signal: AbortSignal; stop(): void } {
  // Not AbortSignal.any() and timeout(): what listens to those, Node keeps until the time is over, or for ever.
  const own = new AbortController();
  const follow = (): void => own.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  const timer = setTimeout(() => own.abort(), longest);
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', follow);
  };
  return { signal: own.signal, stop };
}

function settingsOf(request: CreateMessageRequestParams, { jsonSchema, tool }: Sdk, carried: CarriedIn) {
  const { systemPrompt, messages, tools = [], toolChoice, maxTokens, temperature, stopSequences } = request;
  const offered: ToolSet = Object.fromEntries(
    tools.map(({ name, description, inputSchema }) => [
      providerToolName(name),
      tool({ ...(description !== undefined && { description }), inputSchema: jsonSchema(inputSchema as object) }),
    ]),
  );
  return {
    messages: modelMessages(messages, carried),
    ...(systemPrompt !== undefined && { instructions: systemPrompt }),
    ...(tools.length > 0 && { tools: offered, toolChoice: toolChoice?.mode ?? 'auto' }),
    maxOutputTokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(stopSequences && { stopSequences }),
  };
}
