import type { Usage } from '../../metadata/model.js';
import type { CreateMessageResult, SamplingMessage } from '../../spec.js';
import type { AgentUsage, SampleRequest } from '../context.js';
import { onceEach } from '../once-each.js';
import { isFields } from '../results/content-blocks.js';
import type { TraceSpan } from '../trace/trace.js';

/** What a turn used, and whether the tokens are a guess. */
export type TurnUsage = Usage & { readonly estimated?: true };

const COUNTED = ['inputTokens', 'cachedInputTokens', 'outputTokens', 'cost'] as const;

/** Adds what was used to a sum of it. */
export function addUsage(sum: { -readonly [K in keyof TurnUsage]: TurnUsage[K] }, more: TurnUsage): void {
  for (const what of COUNTED) {
    const value = more[what];
    if (value !== undefined) sum[what] = (sum[what] ?? 0) + value;
  }
  if (more.estimated) sum.estimated = true;
}

const CHARACTERS = 4;
// Of a picture or a recording, whose data says nothing about it.
const MEDIUM = 1000;

/** What a model said that it used; what is no number is left out, and tokens that it did not tell are estimated. */
export function usageOf(told: unknown, request: SampleRequest, answer: CreateMessageResult): TurnUsage {
  const fields = isFields(told) ? told : {};
  const known = COUNTED.flatMap((what) => {
    const value = fields[what];
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? [[what, value] as const] : [];
  });
  const usage: Usage = Object.fromEntries(known);
  if (usage.inputTokens !== undefined || usage.outputTokens !== undefined) return usage;
  const asked = request.messages.reduce((sum, message) => sum + sizeOf(message), (request.systemPrompt ?? '').length);
  return {
    ...usage,
    inputTokens: Math.ceil(asked / CHARACTERS),
    outputTokens: Math.ceil(sizeOf(answer) / CHARACTERS),
    estimated: true,
  };
}

/** How many characters a message has for a model. A conversation is measured once, however many turns are asked with it. */
export const sizeOf = onceEach(({ content }: Pick<SamplingMessage, 'content'>) =>
  [content].flat().reduce((sum, block) => sum + blockSize(block), 0),
);

function blockSize(block: object & { readonly type?: string }): number {
  if ('text' in block && typeof block.text === 'string') return block.text.length;
  if (block.type === 'image' || block.type === 'audio') return MEDIUM * CHARACTERS;
  return JSON.stringify(block).length;
}

/** What the agents in a trace used, as far as it tells. */
export function usageIn({ turns, usage = {}, spans }: Pick<TraceSpan, 'turns' | 'usage' | 'spans'>): AgentUsage {
  const callsIn = (within: readonly TraceSpan[]): number =>
    within.reduce((sum, { kind, spans: inner }) => sum + (kind === 'tool' ? 1 : 0) + callsIn(inner), 0);
  return { ...usage, turns, toolCalls: callsIn(spans) };
}
