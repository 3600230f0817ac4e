/** `perdura/plugins/openai`: a model behind the chat completions interface, which most providers and local servers have. */
import type { CreateMessageRequestParams, Model, ModelAnswer, ModelOptions, ModelPreferences } from 'perdura';
import { type Price, priced } from 'perdura/plugins/models';
import { messageOf, readCompletion, withoutReasoning } from './chat-answer.js';
import { chatRequest } from './chat-request.js';
import { type Endpoint, endpointOf, type EndpointOptions } from './endpoint.js';
import { eventData } from './event-stream.js';
import { type Answer, exchange } from './exchange.js';
import { complaint, refused, unavailable } from './faults.js';
import { readStream } from './streamed-completion.js';
import { usageOf } from './usage.js';

export type { Price } from 'perdura/plugins/models';

/** Which model, where, and what it may take. */
export interface OpenAIOptions extends EndpointOptions {
  /** The model's name at the provider; or a function that chooses one by what an agent prefers. */
  readonly model: string | ((preferences: ModelPreferences | undefined) => string);
  /** What models cost, by name; then `usage` has a `cost`. */
  readonly prices?: Readonly<Record<string, Price>>;
  /**
   * Whether a message that called tools goes back with what the model thought before it, as it came. Default true; false for a
   * server that refuses members which it does not know.
   */
  readonly keepReasoning?: boolean;
}

/**
 * A model behind the chat completions interface: OpenAI's own, and that of gateways, vLLM, Ollama, llama.cpp and others.
 * It asks once and does not try again: wrap it in `retry()` of `perdura/plugins/models`.
 *
 * @example createApp({ model: openai({ model: 'gpt-5-mini', apiKey: process.env.OPENAI_API_KEY }) })
 * @throws PerduraError `INVALID_MODEL_OPTION` at once; the model `MODEL_UNAVAILABLE` where asking again may help, and
 * `MODEL_REFUSED` where it does not
 */
export function openai(options: OpenAIOptions): Model {
  const { model: named, prices = {}, keepReasoning = true } = options;
  const endpoint = endpointOf(options);
  return async (request, { signal, onText, carried }): Promise<ModelAnswer> => {
    const model = typeof named === 'function' ? named(request.modelPreferences) : named;
    const back = keepReasoning ? carried : undefined;
    const asked = { endpoint, model, request, signal, carried: back, onText: onText ?? (() => {}) };
    const whole = await complete(asked);
    const completion = keepReasoning ? whole : withoutReasoning(whole);
    const by = completion.model ?? model;
    return {
      ...messageOf(model, completion, request),
      // Providers answer with a dated name of the model that was asked.
      ...(completion.usage && { usage: priced(usageOf(completion.usage), prices[model] ?? prices[by]) }),
    };
  };
}

interface Asked {
  readonly endpoint: Endpoint;
  readonly model: string;
  readonly request: CreateMessageRequestParams;
  readonly signal: AbortSignal;
  readonly carried: ModelOptions['carried'];
  readonly onText: (piece: string) => void;
}

async function complete({ endpoint, model, request, signal, onText, carried }: Asked): ReturnType<typeof readStream> {
  const { headers, redact } = await endpoint.credentials();
  const body = JSON.stringify(chatRequest(request, { ...endpoint, model }, carried));
  return exchange({ ...endpoint, model, headers, redact, body, signal }, async (answer) => {
    // What it answers with counts, not what it was asked for: some servers do not stream with tools.
    if (answer.mediaType === 'text/event-stream') {
      const reader = { model, onText, complaint: (chunk: unknown) => complaint(model, { body: chunk }, redact) };
      return readStream(eventData(answer.bytes), reader);
    }
    if (answer.mediaType !== 'application/json') {
      throw refused(model, `the server answered with ${mediaName(answer)} in place of a completion`);
    }
    const whole = await json(model, answer);
    if (isComplaint(whole)) throw complaint(model, { body: whole }, redact);
    const completion = readCompletion(model, whole);
    if (completion.text !== '') onText(completion.text);
    return completion;
  });
}

const mediaName = ({ mediaType }: Answer): string =>
  /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'no media type';

async function json(model: string, { bytes }: Answer): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch (cause) {
    throw unavailable(model, 'the answer is not JSON', { cause });
  }
}

/** Gateways report what went wrong behind them with the status of success. */
const isComplaint = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'error' in body && body.error != null;
