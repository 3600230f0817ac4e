import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import type { Effect } from './ledger.js';

/** What was counted over the tasks of a scenario. Whatever is in `violations` should not have happened. */
export interface Verdict {
  readonly tasks: number;
  readonly completed: number;
  readonly cancelled: number;
  readonly failed: number;
  /** Runs of an effect beyond the first: those that a crash hit before they were recorded. */
  readonly inFlightRepeats: number;
  readonly violations: readonly string[];
}

export interface Expectation {
  /** Whether two processes may be at one task for a moment (one of them fenced), so that an effect may come late. */
  readonly zombies?: boolean;
  /** Whether the store went back in time, so that effects of the lost second run again. */
  readonly rollback?: boolean;
  /** Whether the tasks ask questions, each of which is a change that clients see. */
  readonly asks?: boolean;
}

/**
 * Holds the chains of a scenario to the invariants: no task lost, one visible result, effects at least once and in order, a
 * recorded effect never again, and every step given the recorded results of those before it.
 */
export function judge(
  ids: readonly string[],
  records: readonly (TaskRecord | undefined)[],
  effects: ReadonlyMap<string, readonly Effect[]>,
  expected: Expectation = {},
): Verdict {
  const violations: string[] = [];
  const counts = { completed: 0, cancelled: 0, failed: 0 };
  let inFlightRepeats = 0;
  ids.forEach((taskId, index) => {
    const record = records[index];
    const wrong = (what: string): void => void violations.push(`${taskId} ${what}`);
    if (!record) return wrong('is lost');
    if (record.run !== 'done') return wrong(`has not ended (${record.run})`);
    // One version for its creation and one for its end: a second end would have made a third.
    if (record.version !== 2 && !expected.asks)
      wrong(`changed ${record.version - 1} times where it should have changed once`);
    if (record.status in counts) counts[record.status as keyof typeof counts] += 1;
    const chain = chainOf(record);
    if (!chain) return;
    const steps = byStep(effects.get(taskId) ?? []);
    inFlightRepeats += steps.reduce((sum, runs) => sum + runs.length - 1, 0);
    for (const what of wrongWith(chain, steps, expected)) wrong(what);
  });
  return { tasks: ids.length, ...counts, inFlightRepeats, violations };
}

/** What was counted over several lots of tasks. */
export function sumOf(verdicts: readonly Verdict[]): Verdict {
  const sum = (of: (verdict: Verdict) => number): number => verdicts.reduce((total, one) => total + of(one), 0);
  return {
    tasks: sum(({ tasks }) => tasks),
    completed: sum(({ completed }) => completed),
    cancelled: sum(({ cancelled }) => cancelled),
    failed: sum(({ failed }) => failed),
    inFlightRepeats: sum(({ inFlightRepeats }) => inFlightRepeats),
    violations: verdicts.flatMap(({ violations }) => violations),
  };
}

function wrongWith(chain: readonly string[], steps: readonly (readonly Effect[])[], expected: Expectation): string[] {
  const wrong: string[] = [];
  chain.forEach((recorded, step) => {
    const runs = steps[step] ?? [];
    const place = runs.findIndex(({ nonce }) => nonce === recorded);
    if (place < 0) wrong.push(`has a result of step ${step} that no effect gave`);
    else if (place < runs.length - 1 && !expected.zombies) wrong.push(`ran step ${step} again after it was recorded`);
    for (const { nonce, seen } of runs) {
      const isGiven = seen.length === step && seen.every((result, before) => result === chain[before]);
      // What a rollback has forgotten was recorded otherwise, in its time; what counts in the end must still fit together.
      const counts = nonce === recorded || !expected.rollback;
      if (counts && !isGiven) wrong.push(`ran step ${step} with other results than the recorded ones`);
    }
  });
  if (steps.length > chain.length) wrong.push('ran more steps than it has');
  return wrong;
}

/** The recorded results of a chain's steps, as its own result tells them. */
function chainOf({ outcome }: TaskRecord): string[] | undefined {
  const block = outcome?.kind === 'result' ? outcome.result.content[0] : undefined;
  return block?.type === 'text' ? block.text.split(' ') : undefined;
}

function byStep(effects: readonly Effect[]): Effect[][] {
  const steps: Effect[][] = [];
  for (const effect of effects) (steps[effect.step] ??= []).push(effect);
  return steps;
}
