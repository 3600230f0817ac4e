import { PerduraError } from '../errors.js';
import { milliseconds } from '../metadata/duration.js';
import type { Budget } from '../metadata/options.js';

type Code = 'INVALID_AGENT' | 'INVALID_TASK';

/** What a setting must be that counts something. */
export const COUNT = 'an integer of at least 1';

/** @throws PerduraError `code`, `INVALID_DURATION` */
export function checkBudget(owner: string, budget: Budget, code: Code = 'INVALID_AGENT'): Budget {
  for (const setting of ['turns', 'tokens', 'toolCalls'] as const) {
    const given = budget[setting] ?? 1;
    if (Number.isSafeInteger(given) && given >= 1) continue;
    throw PerduraError.of(code, owner, `budget.${setting}`, String(given), COUNT);
  }
  const { cost = 1, time = 1 } = budget;
  const positive = (setting: string, given: unknown, value: number): void => {
    if (!(value > 0)) throw PerduraError.of(code, owner, `budget.${setting}`, String(given), 'more than 0');
  };
  positive('cost', cost, cost);
  positive('time', time, milliseconds(time));
  return budget;
}
