import type { ContextStrategy, Conversation } from '../metadata/agent-hooks.js';
import { isFields } from '../runtime/results/content-blocks.js';
import { sizeOf } from '../runtime/budget/usage.js';
import type { SamplingMessage } from '../spec.js';

/** How much of a conversation is sent: one limit, or both. */
export interface ContextLimits {
  /** Messages: a turn with tools is two. */
  readonly messages?: number;
  /** Tokens, counted as 4 characters each. */
  readonly tokens?: number;
}

/** How a conversation is summarised. */
export interface SummarizeOptions extends ContextLimits {
  /** How many of the latest turns stay as they are. Default 2. */
  readonly keep?: number;
  /** What the summary is for and must not lose; replaces what it is told by default. */
  readonly instructions?: string;
  /** The most tokens of a summary. Default 1024. */
  readonly maxTokens?: number;
}

const INSTRUCTIONS =
  'Summarise this part of your work so that you can go on without it: what was asked, what you found out (with names, numbers and sources), what you decided, and what is left to do.';

/**
 * Sends what the agent was asked, and of what followed the latest turns that fit; a turn and the results of its tools stay together,
 * and the latest turn is always sent. Of a conversation that it was asked to go on with, that is how it began and what was said last.
 */
export function trim(limits: ContextLimits): ContextStrategy {
  return ({ messages, asked }) => {
    const starts = turnsIn(messages);
    const sent = (from: number): readonly SamplingMessage[] => [
      ...kept({ messages, asked }, from),
      ...messages.slice(from),
    ];
    let from = starts.pop() ?? messages.length;
    for (let next = starts.pop(); next !== undefined && fits(sent(next), limits); next = starts.pop()) from = next;
    return { messages: sent(from) };
  };
}

/** Has the model summarise all but the latest turns, whenever the conversation (with the summary in the place of what it stands for) exceeds a limit. */
export function summarize({
  keep = 2,
  instructions = INSTRUCTIONS,
  maxTokens = 1024,
  ...limits
}: SummarizeOptions): ContextStrategy {
  return async ({ messages, asked, summary, ask }) => {
    const starts = turnsIn(messages);
    const from = summary?.upTo ?? starts[0] ?? messages.length;
    const since = starts.filter((start) => start >= from);
    const upTo = since.length > keep ? (since[since.length - keep] ?? messages.length) : from;
    const before = withSummary(kept({ messages, asked }, from), summary?.text);
    const whole = [...before, ...messages.slice(from)];
    if (upTo === from || fits(whole, limits)) return { messages: whole };
    const transcript = [...before, ...messages.slice(from, upTo)]
      .map(({ role, content }) => `${role}: ${JSON.stringify(content, inWords)}`)
      .join('\n\n');
    const text = await ask({
      systemPrompt: instructions,
      messages: [{ role: 'user', content: { type: 'text', text: transcript } }],
      maxTokens,
    });
    const left = [...withSummary(kept({ messages, asked }, upTo), text), ...messages.slice(upTo)];
    return { messages: left, summary: { text, upTo } };
  };
}

/** Where each turn begins. Tool results without their calls are an error to every model (`client/sampling`), so turns go whole. */
function turnsIn(messages: readonly SamplingMessage[]): number[] {
  return messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
}

/**
 * What is sent of all before a turn, whichever that is: how the conversation began, and what the agent was asked, where it was asked
 * to go on with one.
 */
function kept({ messages, asked }: Pick<Conversation, 'messages' | 'asked'>, before: number): SamplingMessage[] {
  const beginning = messages.slice(0, turnsIn(messages)[0]);
  const last = asked - 1;
  const question = messages[last];
  if (last < beginning.length || last >= before || question?.role !== 'user' || isResults(question)) return beginning;
  return joined(beginning, question.content);
}

const isResults = ({ content }: SamplingMessage): boolean =>
  [content].flat().some(({ type }) => type === 'tool_result');

function fits(
  messages: readonly SamplingMessage[],
  { messages: most = Infinity, tokens = Infinity }: ContextLimits,
): boolean {
  if (messages.length > most) return false;
  return messages.reduce((sum, message) => sum + sizeOf(message), 0) <= tokens * 4;
}

const withSummary = (before: SamplingMessage[], text: string | undefined): SamplingMessage[] =>
  text === undefined ? before : joined(before, { type: 'text', text: `What happened so far, in short:\n${text}` });

// Part of the last message: some models refuse two messages of the user's in a row.
function joined(before: readonly SamplingMessage[], content: SamplingMessage['content']): SamplingMessage[] {
  const last = before.at(-1);
  if (last === undefined) return [{ role: 'user', content }];
  return [...before.slice(0, -1), { ...last, content: [last.content, content].flat() }];
}

/** A picture or a recording is named: as text it would be more than all the rest. */
const inWords = (_key: string, value: unknown): unknown =>
  isFields(value) && typeof value['data'] === 'string' && (value['type'] === 'image' || value['type'] === 'audio')
    ? { type: value['type'], mimeType: value['mimeType'] }
    : value;
