import { type Block, blocksOf, type ModelAnswer, type ModelRequest, type SamplingModel } from './model.js';

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

interface Completion {
  readonly model?: string;
  readonly choices?: readonly {
    readonly finish_reason?: string;
    readonly message?: { readonly content?: string | null; readonly tool_calls?: readonly ToolCall[] };
  }[];
}

const STOP_REASONS: Readonly<Record<string, string>> = { stop: 'endTurn', length: 'maxTokens' };

/** Where the model is and what it is called; `url` is the base that `/chat/completions` is appended to. */
export interface OpenAiOptions {
  readonly name: string;
  readonly url: string;
  readonly key?: string;
}

/** A model behind an OpenAI-compatible URL, with tools mapped both ways. */
export function openAiModel({ name, url, key }: OpenAiOptions): SamplingModel {
  const endpoint = `${url.replace(/\/+$/u, '')}/chat/completions`;
  return async (request) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(toCompletionRequest(name, request)),
      signal: AbortSignal.timeout(5 * 60_000),
    }).catch((cause: Error) => {
      throw new Error(`The model at ${endpoint} cannot be reached: ${cause.message}.`, { cause });
    });
    if (!response.ok) {
      throw new Error(`The model at ${endpoint} answered ${response.status}: ${(await response.text()).slice(0, 300)}`);
    }
    return toAnswer(name, (await response.json()) as Completion);
  };
}

/** The body of a chat completion request that asks the same as a sampling request. */
function toCompletionRequest(model: string, request: ModelRequest): Record<string, unknown> {
  const { systemPrompt, messages, tools = [], toolChoice, maxTokens, temperature, stopSequences } = request;
  return {
    model,
    messages: [
      ...(systemPrompt === undefined ? [] : [{ role: 'system', content: systemPrompt }]),
      ...messages.flatMap((message) => toChatMessages(message.role, blocksOf(message))),
    ],
    max_tokens: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(stopSequences !== undefined && { stop: stopSequences }),
    // An empty list of tools, and a choice without tools, are refused by most servers.
    ...(tools.length > 0 && {
      tools: tools.map((tool) => ({
        type: 'function',
        function: { name: tool.name, description: tool.description, parameters: tool.inputSchema },
      })),
      tool_choice: toolChoice?.mode ?? 'auto',
    }),
  };
}

function toChatMessages(role: 'user' | 'assistant', blocks: readonly Block[]): object[] {
  const text = textOf(blocks);
  // Each tool's result is a message of its own there.
  const results = blocks.flatMap((block) =>
    block.type === 'tool_result'
      ? [{ role: 'tool', tool_call_id: block.toolUseId, content: textOf(block.content) }]
      : [],
  );
  const calls = blocks.flatMap((block) =>
    block.type === 'tool_use'
      ? [{ id: block.id, type: 'function', function: { name: block.name, arguments: JSON.stringify(block.input) } }]
      : [],
  );
  if (calls.length > 0) return [{ role, content: text === '' ? null : text, tool_calls: calls }];
  return text === '' && results.length > 0 ? results : [...results, { role, content: text }];
}

function toAnswer(name: string, { model, choices }: Completion): ModelAnswer {
  const [choice] = choices ?? [];
  if (choice?.message === undefined) throw new Error('The model answered without a message.');
  const { content, tool_calls: calls = [] } = choice.message;
  const text = { type: 'text' as const, text: content ?? '' };
  const answer = { role: 'assistant' as const, model: model ?? name };
  if (calls.length === 0) {
    // One block stands alone: a list is for answers to requests with tools only (`CreateMessageResult` of 2025-11-25 clients).
    return { ...answer, stopReason: STOP_REASONS[choice.finish_reason ?? 'stop'] ?? 'endTurn', content: text };
  }
  const uses = calls.map((call) => ({
    type: 'tool_use' as const,
    id: call.id,
    name: call.function.name,
    input: parseInput(call.function.arguments),
  }));
  return { ...answer, stopReason: 'toolUse', content: text.text === '' ? uses : [text, ...uses] };
}

/** Arguments that are no JSON object become none: the server then tells the model what is missing. */
function parseInput(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

function textOf(blocks: readonly (Block | { type: string })[]): string {
  return blocks.flatMap((block) => (block.type === 'text' && 'text' in block ? [block.text] : [])).join('\n');
}
