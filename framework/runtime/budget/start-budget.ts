import { milliseconds } from '../../metadata/duration.js';
import type { Budget } from '../../metadata/options.js';
import type { Allowance } from './allowance.js';
import type { Effects } from '../journal/effects.js';
import { timeOf } from '../journal/inbox.js';
import { Meter } from './meter.js';
import type { Scope } from '../scope.js';

/** What a budget allows in a scope that begins now. When that was is recorded: a replay cannot count time again by itself. */
export async function startBudget(effects: Effects, scope: Scope, budget: Budget, key?: string): Promise<Allowance> {
  const { time, ...limits } = budget;
  if (time === undefined) return limits;
  const { value } = await effects.record(scope, {
    name: 'started',
    key,
    asked: ['started'],
    perform: () => timeOf(effects.site.inbox),
  });
  return { ...limits, ends: (value as number) + milliseconds(time) };
}

/** The scope in which a task's agents share its budget. */
export async function budgeted(effects: Effects, scope: Scope, budget: Budget): Promise<Scope> {
  // No step of the author's has such a key.
  const allowance = await startBudget(effects, scope, budget, `${scope.path}~started`);
  return scope.metered(new Meter(allowance, scope.meter));
}
