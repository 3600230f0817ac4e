import type { Usage } from '../../metadata/model.js';
import type { CreateMessageResult, SamplingMessage } from '../../spec.js';
import type { AgentUsage, SampleRequest } from '../context.js';
import { isFields } from '../results/content-blocks.js';
import type { TraceSpan } from '../trace/trace.js';

/** What a turn used, and whether the tokens are a guess. */
export type TurnUsage = Usage & { readonly estimated?: true };

const COUNTED = ['inputTokens', 'cachedInputTokens', 'outputTokens', 'cost'] as const;

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

// A conversation is measured once, however many turns are asked with it.
const sizes = new WeakMap<object, number>();

/** How many characters a message has for a model. */
export function sizeOf(message: Pick<SamplingMessage, 'content'>): number {
  const known = sizes.get(message);
  if (known !== undefined) return known;
  const size = [message.content].flat().reduce((sum, block) => sum + blockSize(block), 0);
  sizes.set(message, size);
  return size;
}

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
