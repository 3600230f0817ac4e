import type { Budget } from '../../metadata/options.js';
import type { AgentUsage } from '../context.js';

/** How much agents may still use; what is absent is not limited. It is JSON, so that a child task can be made with it. */
export interface Allowance extends Omit<Budget, 'time'> {
  /** Milliseconds since 1970, on the clock of the call. */
  readonly ends?: number;
}

const COUNTED = ['turns', 'toolCalls', 'tokens', 'cost'] as const;

/** The lower of each limit. */
export function least(one: Allowance, other: Allowance): Allowance {
  return change({ ...one, ...other }, (value, what) => Math.min(value, one[what] ?? value));
}

/** What is left after a use. */
export function after(allowance: Allowance, used: AgentUsage): Allowance {
  const { turns, toolCalls, inputTokens = 0, outputTokens = 0, cost = 0 } = used;
  const spent = { turns, toolCalls, tokens: inputTokens + outputTokens, cost, ends: 0 };
  return change(allowance, (value, what) => Math.max(0, value - spent[what]));
}

/** The share of one of `count` that have it together. What cannot be divided is given to the first ones; time is nobody's own. */
export function shareOf(allowance: Allowance, index: number, count: number): Allowance {
  return change(allowance, (value, what) => {
    if (what === 'ends') return value;
    if (what === 'cost') return value / count;
    return Math.floor(value / count) + (index < value % count ? 1 : 0);
  });
}

/** What there is of an allowance while others hold all of it. */
export function emptied(allowance: Allowance): Allowance {
  return change(allowance, (value, what) => (what === 'ends' ? value : 0));
}

/** The limit that leaves room for one more turn and nothing after it. */
export function limitIn(allowance: Allowance, now: number): keyof Budget | undefined {
  const { turns = Infinity, ends = Infinity } = allowance;
  if (turns <= 1) return 'turns';
  const spent = COUNTED.find((what) => what !== 'turns' && (allowance[what] ?? Infinity) <= 0);
  return spent ?? (now >= ends ? 'time' : undefined);
}

function change(allowance: Allowance, by: (value: number, what: keyof Allowance) => number): Allowance {
  const limits = Object.entries(allowance) as [keyof Allowance, number][];
  return Object.fromEntries(limits.map(([what, value]) => [what, by(value, what)]));
}
