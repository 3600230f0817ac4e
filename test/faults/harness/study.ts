import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskRecord } from '../../../framework/tasks/task-record.js';
import { HANG } from './hang.js';
import type { Mark } from './ledger.js';
import { expectThat, type Scene } from './scene.js';

const ARGUMENTS = {
  study: { topic: 'sailing' },
  family: { topic: 'oaks', steps: 2, work: 0, deep: false },
} as const;

/** What one task and those below it came to. */
export interface Run {
  readonly record: TaskRecord | undefined;
  readonly marks: readonly Mark[];
  /** How many times effects ran. */
  readonly ran: number;
  /** Effects that ran again although their records were there. */
  readonly repeated: readonly string[];
}

/** Runs one task from its creation to its end and answers what it asks. `begin` comes when it is there, `between` again and again. */
export async function study(
  { crew, observer, marks }: Scene,
  tool: keyof typeof ARGUMENTS,
  begin: () => Promise<unknown>,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Run> {
  const earlier = new Set(marks.read().keys());
  const [id = ''] = await crew.create(tool, ARGUMENTS[tool], 1);
  await begin();
  const end = performance.now() + HANG;
  let record: TaskRecord | undefined;
  do {
    await between();
    [record] = await observer.records([id]);
    const questions = Object.keys(record?.open ?? {});
    const yes = { action: 'accept', content: { goOn: true } };
    if (questions.length > 0) await crew.web.ask('answer', id, Object.fromEntries(questions.map((key) => [key, yes])));
    await sleep(10);
    if (performance.now() > end) throw new Error(`It has not ended: ${JSON.stringify(record)}`);
  } while (record?.run !== 'done');
  // Those of its children too. Every key has the name of its child in it, so one that was made twice shows as a repeat.
  const made = [...marks.read()]
    .filter(([taskId]) => !earlier.has(taskId))
    .flatMap(([, of]) => of.map((mark) => ({ ...mark, key: mark.key.replace(/^.*\/(?=turn#)/, '') })));
  const recorded = new Set<string>();
  const repeated: string[] = [];
  for (const { key, what } of made) {
    if (what === 'recorded') recorded.add(key);
    else if (recorded.has(key)) repeated.push(key);
  }
  return { record, marks: made, ran: made.filter(({ what }) => what === 'ran').length, repeated };
}

/** What is different from a run without a fault, beyond effects that were cut off before their records. */
export function wrongWith(run: Run, clean: Run): string[] {
  const keys = (of: Run, what: Mark['what']): string =>
    [...new Set(of.marks.filter((mark) => mark.what === what).map(({ key }) => key))].sort().join(', ');
  return [
    ...expectThat(run.record?.status === 'completed', `the task is ${run.record?.status}`),
    ...expectThat(
      resultOf(run) === resultOf(clean),
      `the result is ${resultOf(run)}, without a fault ${resultOf(clean)}`,
    ),
    ...expectThat(keys(run, 'ran') === keys(clean, 'ran'), `it did ${keys(run, 'ran')}`),
    ...run.repeated.map((key) => `${key} ran again after it was recorded`),
  ];
}

const resultOf = ({ record }: Run): string => JSON.stringify(record?.outcome);
