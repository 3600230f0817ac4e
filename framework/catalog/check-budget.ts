import { PerduraError } from '../errors.js';
import { milliseconds } from '../metadata/duration.js';
import type { Budget } from '../metadata/options.js';

type Code = 'INVALID_AGENT' | 'INVALID_TASK';

/** What a setting must be that counts something. */
export const COUNT = 'an integer of at least 1';

const LIMITS: Readonly<Record<keyof Budget, true>> = {
  ...{ turns: true, toolCalls: true, tokens: true, cost: true, time: true },
};

/** @throws PerduraError `code`, `INVALID_DURATION` */
export function checkBudget(owner: string, budget: Budget, code: Code = 'INVALID_AGENT'): Budget {
  // A limit by another name would limit nothing.
  const unknown = Object.keys(budget).find((setting) => !Object.hasOwn(LIMITS, setting));
  if (unknown !== undefined) {
    const known = `one of ${Object.keys(LIMITS).join(', ')}`;
    throw PerduraError.of(code, owner, `budget.${unknown}`, 'which is no limit', known);
  }
  for (const setting of ['turns', 'tokens', 'toolCalls'] as const) {
    const given = budget[setting] ?? 1;
    if (Number.isSafeInteger(given) && given >= 1) continue;
    throw PerduraError.of(code, owner, `budget.${setting}`, String(given), COUNT);
  }
  const { cost = 1, time = 1 } = budget;
  const positive = (setting: string, given: unknown, value: unknown): void => {
    if (typeof value !== 'number' || !(value > 0))
      throw PerduraError.of(code, owner, `budget.${setting}`, String(given), 'more than 0');
  };
  positive('cost', cost, cost);
  positive('time', time, milliseconds(time));
  return budget;
}
