import { openai } from 'perdura/plugins/openai';
import { blocksOf, type ModelAnswer, type SamplingModel } from './model.js';

/** Where the model is and what it is called; `url` is the base that `/chat/completions` is appended to. */
export interface OpenAiOptions {
  readonly name: string;
  readonly url: string;
  readonly key?: string;
}

/** A model behind an OpenAI-compatible URL: what takes the turns of a server's agents answers a client's requests as well. */
export function openAiModel({ name, url, key }: OpenAiOptions): SamplingModel {
  // What it thought before it answered has no place in an answer to a sampling request.
  const ask = openai({ model: name, baseUrl: url, keepReasoning: false, ...(key !== undefined && { apiKey: key }) });
  return async (request) => {
    const { signal } = new AbortController();
    const { role, model, stopReason, content } = await ask(request, { signal }).catch((error: Error) => {
      // The words of the provider are for the person at this terminal.
      const words = error.cause instanceof Error ? ` ${error.cause.message}` : '';
      throw new Error(`${url}: ${error.message}${words}`, { cause: error });
    });
    const blocks = blocksOf({ role, content });
    const [only] = blocks;
    // One block stands alone: a list is for answers to requests with tools only (`CreateMessageResult` of 2025-11-25 clients).
    const said = blocks.length === 1 && only?.type === 'text' ? only : [...blocks];
    return { role, model, ...(stopReason !== undefined && { stopReason }), content: said } satisfies ModelAnswer;
  };
}
