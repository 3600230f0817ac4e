import type { ContextStrategy } from '../metadata/agent-hooks.js';
import { sizeOf } from '../runtime/usage.js';
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
 * and the latest turn is always sent.
 */
export function trim(limits: ContextLimits): ContextStrategy {
  return ({ messages }) => {
    const { prompt, turns } = partsOf(messages);
    let kept = turns.length;
    while (kept > 1 && !fits([...prompt, ...turns.slice(-kept).flat()], limits)) kept--;
    return { messages: [...prompt, ...(kept === 0 ? [] : turns.slice(-kept).flat())] };
  };
}

/** Has the model summarise all but the latest turns, whenever the conversation (with the summary in the place of what it stands for) exceeds a limit. */
export function summarize({
  keep = 2,
  instructions = INSTRUCTIONS,
  maxTokens = 1024,
  ...limits
}: SummarizeOptions): ContextStrategy {
  return async ({ messages, summary, ask }) => {
    const { prompt } = partsOf(messages);
    const since = messages.slice(summary?.upTo ?? prompt.length);
    const { turns } = partsOf(since);
    const old = turns.slice(0, Math.max(0, turns.length - keep)).flat();
    const before = withSummary(prompt, summary?.text);
    if (old.length === 0 || fits([...before, ...since], limits)) return { messages: [...before, ...since] };
    const transcript = [...before, ...old]
      .map(({ role, content }) => `${role}: ${JSON.stringify(content)}`)
      .join('\n\n');
    const text = await ask({
      systemPrompt: instructions,
      messages: [{ role: 'user', content: { type: 'text', text: transcript } }],
      maxTokens,
    });
    const upTo = messages.length - since.length + old.length;
    return { messages: [...withSummary(prompt, text), ...messages.slice(upTo)], summary: { text, upTo } };
  };
}

// Tool results without their calls are an error to every model (`client/sampling`), so turns are dropped whole.
function partsOf(messages: readonly SamplingMessage[]): {
  readonly prompt: readonly SamplingMessage[];
  readonly turns: readonly (readonly SamplingMessage[])[];
} {
  const prompt: SamplingMessage[] = [];
  const turns: SamplingMessage[][] = [];
  for (const message of messages) {
    if (message.role === 'assistant') turns.push([message]);
    else (turns.at(-1) ?? prompt).push(message);
  }
  return { prompt, turns };
}

function fits(
  messages: readonly SamplingMessage[],
  { messages: most = Infinity, tokens = Infinity }: ContextLimits,
): boolean {
  if (messages.length > most) return false;
  return messages.reduce((sum, message) => sum + sizeOf(message), 0) <= tokens * 4;
}

// Part of the prompt's last message: some models refuse two messages of the user's in a row.
function withSummary(prompt: readonly SamplingMessage[], text: string | undefined): readonly SamplingMessage[] {
  const last = prompt.at(-1);
  if (text === undefined || last === undefined) return prompt;
  const told = { type: 'text', text: `What happened so far, in short:\n${text}` } as const;
  return [...prompt.slice(0, -1), { ...last, content: [last.content, told].flat() }];
}
