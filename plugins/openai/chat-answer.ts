import { randomUUID } from 'node:crypto';
import type { CreateMessageRequestParams, ModelAnswer, ToolUseContent } from 'perdura';
import { toolsByProviderName } from 'perdura/plugins/models';
import { refused, unavailable } from './faults.js';
import { type Fields, fieldsOf, listOf } from './json-fields.js';
import { carryOf, ReasoningReader } from './reasoning.js';

/** What a completion says, however it came. */
export interface Completion {
  /** The model that says it has answered. */
  readonly model?: string;
  readonly text: string;
  readonly calls: readonly FunctionCall[];
  /** Members of the message that hold what it thought before. */
  readonly reasoning: Fields;
  readonly finishReason?: string;
  /** As the provider counts: `prompt_tokens` and so on. */
  readonly usage?: Fields;
}

export interface FunctionCall {
  readonly id: string;
  readonly name: string;
  /** JSON text, written by the model. */
  readonly arguments: string;
  /** What the provider wants back with it, such as a signature. */
  readonly extra?: unknown;
}

/** Reads a completion that came whole. */
export function readCompletion(model: string, body: unknown): Completion {
  const { choices, usage, model: by } = fieldsOf(body);
  const [choice] = listOf(choices).map(fieldsOf);
  if (choice?.['message'] === undefined) throw unavailable(model, 'the answer has no message');
  const message = fieldsOf(choice['message']);
  const reasoning = new ReasoningReader();
  reasoning.read(message);
  return {
    ...(typeof by === 'string' && { model: by }),
    text: textIn(message['content']) || textIn(message['refusal']),
    calls: listOf(message['tool_calls']).map((call) => callIn(fieldsOf(call))),
    reasoning: reasoning.members,
    ...(typeof choice['finish_reason'] === 'string' && { finishReason: choice['finish_reason'] }),
    ...(usage != null && { usage: fieldsOf(usage) }),
  };
}

function callIn({ id, function: called, extra_content: extra }: Fields): FunctionCall {
  const { name, arguments: args } = fieldsOf(called);
  return {
    id: typeof id === 'string' ? id : '',
    name: typeof name === 'string' ? name : '',
    // Some servers send the arguments parsed.
    arguments: typeof args === 'string' ? args : JSON.stringify(args ?? {}),
    ...(extra != null && { extra }),
  };
}

/** Text, or the text of a list of parts, which some servers send. */
export function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  return listOf(content)
    .map((part) => fieldsOf(part)['text'])
    .filter((text) => typeof text === 'string')
    .join('');
}

/** The same, with nothing to carry. */
export const withoutReasoning = (completion: Completion): Completion => ({
  ...completion,
  reasoning: {},
  calls: completion.calls.map(({ extra: _, ...call }) => call),
});

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'endTurn',
  length: 'maxTokens',
  tool_calls: 'toolUse',
  function_call: 'toolUse',
  content_filter: 'contentFilter',
};

/** A completion as the message of sampling that it is. */
export function messageOf(model: string, completion: Completion, { tools }: CreateMessageRequestParams): ModelAnswer {
  const { text, calls, finishReason } = completion;
  const toolOf = toolsByProviderName(tools);
  const uses = calls.map((call) => toolUse(model, call, { toolOf, isCut: finishReason === 'length' }));
  const stopReason = uses.length > 0 && finishReason === 'stop' ? 'toolUse' : STOP_REASONS[finishReason ?? ''];
  const extras = calls.map(({ extra }, index) => [uses[index]?.id ?? '', extra] as const);
  const signed = Object.fromEntries(extras.filter(([, extra]) => extra !== undefined));
  return {
    role: 'assistant',
    // Of a message that calls no tool no server wants it back, and some refuse it.
    ...(uses.length > 0 && carryOf(model, { message: completion.reasoning, calls: signed })),
    model: completion.model ?? model,
    content: [...(text === '' && uses.length > 0 ? [] : [{ type: 'text' as const, text }]), ...uses],
    ...(finishReason !== undefined && { stopReason: stopReason ?? finishReason }),
  };
}

function toolUse(
  model: string,
  call: FunctionCall,
  { toolOf, isCut }: { readonly toolOf: (name: string) => string; readonly isCut: boolean },
): ToolUseContent {
  const input = argumentsOf(call.arguments);
  if (input === undefined) {
    // Nothing may run with arguments that had to be guessed.
    throw isCut
      ? refused(model, 'maxTokens ended its answer in the middle of a tool call')
      : unavailable(model, 'it called a tool with arguments that are no JSON object');
  }
  // Some servers name no id; the answer is recorded, so that this one stays.
  return { type: 'tool_use', id: call.id === '' ? `call_${randomUUID()}` : call.id, name: toolOf(call.name), input };
}

function argumentsOf(text: string): Record<string, unknown> | undefined {
  // What models write where a tool takes nothing.
  if (text.trim() === '') return {};
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
