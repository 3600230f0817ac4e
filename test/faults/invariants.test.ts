import type { TaskRecord } from '../../framework/tasks/task-record.js';
import { judge } from './harness/invariants.js';
import type { Effect } from './harness/ledger.js';

const record = (text: string, change: Partial<TaskRecord> = {}): TaskRecord =>
  ({
    taskId: 't',
    run: 'done',
    status: 'completed',
    version: 2,
    outcome: { kind: 'result', result: { content: [{ type: 'text', text }] } },
    ...change,
  }) as TaskRecord;
const effect = (step: number, nonce: string, seen: readonly string[] = []): Effect => ({
  taskId: 't',
  step,
  nonce,
  seen,
  pid: 1,
});
const violations = (found: TaskRecord | undefined, ...effects: readonly Effect[]): readonly string[] =>
  judge(['t'], [found], new Map([['t', effects]])).violations;

describe('The invariants over ledger and store', () => {
  it('hold for a chain whose effect ran again before it was recorded', () => {
    const effects = [effect(0, 'a1'), effect(0, 'a2'), effect(1, 'b', ['a2'])];
    expect(judge(['t'], [record('a2 b')], new Map([['t', effects]]))).toEqual({
      tasks: 1,
      completed: 1,
      cancelled: 0,
      failed: 0,
      inFlightRepeats: 1,
      violations: [],
    });
  });

  it.each<[string, TaskRecord | undefined, Effect[]]>([
    ['is lost', undefined, []],
    ['has not ended', record('a', { run: 'queued' }), [effect(0, 'a')]],
    ['changed 2 times', record('a', { version: 3 }), [effect(0, 'a')]],
    ['ran step 0 again', record('a1'), [effect(0, 'a1'), effect(0, 'a2')]],
    ['with other results', record('a2 b'), [effect(0, 'a1'), effect(0, 'a2'), effect(1, 'b', ['a1'])]],
    ['that no effect gave', record('x'), [effect(0, 'a')]],
    ['more steps than it has', record('a'), [effect(0, 'a'), effect(1, 'b', ['a'])]],
  ])('find a task that %s', (what, found, effects) => {
    expect(violations(found, ...effects).join()).toContain(what);
  });
});
