import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../fixtures/until.js';
import type { TaskRecord } from '../../framework/tasks/task-record.js';
import { beside } from './harness/beside.js';
import { HANG } from './harness/hang.js';
import { expectThat, play, type Row, type Scene } from './harness/scene.js';
import type { Size } from './worker-faults.js';

const KIB = 1024;
/** Of the JSON that each kind of value becomes. */
const LIMITS = { step: 4096 * KIB, result: 1024 * KIB, answer: 1024 * KIB, argument: 4096 * KIB };

/** Arguments, results of steps and of tasks, and answers that are larger than their limits, by a little and by far. */
export function oversized({ tasks }: Pick<Size, 'tasks'>): Promise<Row> {
  return play(
    ['a value is larger than its limit', 'an error that names the limit and the step; the question stays open'],
    { workers: 1 },
    async (scene) => {
      const { crew, observer } = scene;
      const violations: string[] = [];
      const saying = (what: string, found: string, ...words: readonly string[]): void =>
        words.forEach((word) => violations.push(...expectThat(found.includes(word), `${what} says ${found}`)));
      for (let task = 0; task < tasks; task++) {
        const more = task % 2 === 0 ? 1 : 512 * KIB;
        const argument = { what: 'nothing', bytes: 0, padding: 'x'.repeat(LIMITS.argument + more) };
        const refused = await crew.web.ask<string[]>('create', 'large', argument, 1);
        saying('an argument', refused.error ?? 'nothing', String(LIMITS.argument), 'The task takes');

        for (const what of ['step', 'result'] as const) {
          const [id = ''] = await crew.create('large', { what, bytes: LIMITS[what] + more }, 1);
          const record = await ended(scene, id);
          const step = what === 'step' ? 'large' : '"large"';
          saying(`a ${what}`, messageOf(record), String(LIMITS[what]), step);
        }

        const [asking = ''] = await crew.create('large', { what: 'answer', bytes: 0 }, 1);
        const key = await questionOf(scene, asking);
        for (const bytes of [LIMITS.answer + more, LIMITS.argument + more]) {
          const text = { action: 'accept', content: { text: 'x'.repeat(bytes) } };
          const { error = 'nothing' } = await crew.web.ask('answer', asking, { [key]: text });
          saying('an answer', error, key, String(LIMITS.answer));
          const [record] = await observer.records([asking]);
          violations.push(
            ...expectThat(key in (record?.open ?? {}), `an answer of ${bytes} bytes closed its question`),
          );
        }
        await crew.web.ask('answer', asking, { [key]: { action: 'accept', content: { text: 'short' } } });
        const record = await ended(scene, asking);
        violations.push(...expectThat(textOf(record) === 'short', `the answer was ${textOf(record)}`));
      }
      return { tasks: 4 * tasks, faults: 5 * tasks, counts: { refused: 3 * tasks, failed: 2 * tasks }, violations };
    },
  );
}

/** The code of a task changes while it waits: to what fits its record, and to what does not. */
export function changedCode({ tasks }: Pick<Size, 'tasks'>): Promise<Row> {
  return play(
    ['a deploy changes the code of a task that waits', 'it continues where the record fits, or fails naming the step'],
    { workers: 1, times: { marked: true } },
    async (scene) => {
      const { crew, observer } = scene;
      const violations: string[] = [];
      const counts = { continued: 0, 'failed naming the step': 0, 'asked anew': 0 };
      const answer = async (id: string, key: string, text: string): Promise<void> => {
        for (;;) {
          const content = { action: 'accept', content: { text } };
          const { error, retryAfter } = await crew.web.ask('answer', id, { [key]: content });
          if (error === undefined) return;
          // A client that is told to try again does.
          if (retryAfter === undefined) throw new Error(error);
          await sleep(1000 * retryAfter);
        }
      };
      const waiting = async (tool: string): Promise<string[]> => {
        const ids = await crew.create(tool, {}, tasks);
        for (const id of ids) await answer(id, await questionOf(scene, id, 'elicit#1'), 'yes');
        for (const id of ids) await questionOf(scene, id, 'elicit#2');
        await until(async () => (await observer.parked(ids)) === tasks, HANG);
        return ids;
      };

      const fitting = await waiting('revised');
      await crew.deploy(0, 2);
      for (const id of fitting) await answer(id, 'elicit#2', 'end');
      for (const id of fitting) {
        const text = textOf(await ended(scene, id));
        if (text === 'yes, yes by 1, end, and more') counts.continued += 1;
        else violations.push(`the new code made ${text} of it`);
      }

      await crew.deploy(0, 1);
      const other = await waiting('revised');
      const continued = await waiting('continued');
      await crew.deploy(0, 3);
      for (const id of [...other, ...continued]) await answer(id, 'elicit#2', 'end');
      for (const id of other) {
        const message = messageOf(await ended(scene, id));
        if (message.includes('elicit#1')) counts['failed naming the step'] += 1;
        else violations.push(`the changed question came to ${message}`);
      }
      for (const id of continued) {
        await answer(id, await questionOf(scene, id, 'elicit#1'), 'anew');
        const text = textOf(await ended(scene, id));
        if (text === 'anew, yes by 1, end') counts['asked anew'] += 1;
        else violations.push(`with onChange 'continue' it came to ${text}`);
      }

      // Nobody has seen the answers when the code changes: they are to a question that the new code does not ask.
      await crew.deploy(0, 1);
      const failing = await crew.create('revised', {}, tasks);
      const going = await crew.create('continued', {}, tasks);
      const asking = [...failing, ...going];
      await until(async () => (await observer.parked(asking)) === asking.length, HANG);
      await crew.deploy(0, 3, () => Promise.all(asking.map((id) => answer(id, 'elicit#1', 'to the old question'))));
      for (const id of failing) {
        const message = messageOf(await ended(scene, id));
        if (message.includes('elicit#1')) counts['failed naming the step'] += 1;
        else violations.push(`with the answer to another question it came to ${message}`);
      }
      for (const id of going) {
        await answer(id, await questionOf(scene, id, 'elicit#1~'), 'anew');
        await answer(id, await questionOf(scene, id, 'elicit#2'), 'end');
        const text = textOf(await ended(scene, id));
        if (text === 'anew, anew by 3, end') counts['asked anew'] += 1;
        else violations.push(`with onChange 'continue' and the answer to another question it came to ${text}`);
      }
      violations.push(...repeatsIn(scene, 'first'));
      return { tasks: 5 * tasks, faults: 4, counts, violations };
    },
  );
}

/** Workers die in the midst of a step that says what is to be done then. */
export function cutOff({ tasks }: Pick<Size, 'tasks'>): Promise<Row> {
  return play(
    ['a worker dies in a step with `onCrash`', 'it runs again, the task fails naming it, or the user is asked'],
    { workers: 1, times: { concurrency: 1, marked: true } },
    async (scene) => {
      const { crew, observer, marks } = scene;
      const violations: string[] = [];
      const counts: Record<string, number> = {};
      await beside(
        (goesOn) => crew.revive(goesOn, () => observer.lapse()),
        async () => {
          for (const way of ['retry', 'fail', 'ask: yes', 'ask: no'] as const) {
            const [onCrash = ''] = way.split(':');
            const ids = await crew.create('careful', { onCrash }, tasks);
            for (const id of ids) {
              if (onCrash === 'ask') {
                const key = await questionOf(scene, id);
                const content = { again: way === 'ask: yes' };
                await crew.web.ask('answer', id, { [key]: { action: 'accept', content } });
              }
              const record = await ended(scene, id);
              const isAgain = way === 'retry' || way === 'ask: yes';
              const runs = (marks.read().get(id) ?? []).filter(({ what }) => what === 'ran').length;
              const told = isAgain ? textOf(record) === 'transferred' : messageOf(record).includes('transfer#1');
              const isRight = told && runs === (isAgain ? 2 : 1);
              counts[way] = (counts[way] ?? 0) + (isRight ? 1 : 0);
              if (!isRight) violations.push(`${way}: ${runs} runs, ${record.status}, ${messageOf(record)}`);
            }
          }
        },
      );
      return { tasks: 4 * tasks, faults: crew.kills, counts, violations };
    },
  );
}

async function ended({ observer }: Scene, id: string): Promise<TaskRecord> {
  await observer.untilEnded([id]);
  return (await observer.records([id]))[0] as TaskRecord;
}

/** The key of the first question that is open and has a key like this. */
async function questionOf({ observer }: Scene, id: string, like = ''): Promise<string> {
  let key: string | undefined;
  await until(async () => {
    const [record] = await observer.records([id]);
    if (record?.run === 'done') throw new Error(`It has ended without a question: ${JSON.stringify(record.outcome)}`);
    key = Object.keys(record?.open ?? {}).find((open) => open.startsWith(like));
    return key;
  }, HANG);
  return key as string;
}

/** Steps of this name that ran more than once. */
const repeatsIn = ({ marks }: Scene, name: string): string[] =>
  [...marks.read()].flatMap(([id, made]) =>
    expectThat(
      made.filter(({ key, what }) => key.startsWith(`${name}#`) && what === 'ran').length <= 1,
      `${id} did "${name}" twice`,
    ),
  );

function textOf({ outcome }: TaskRecord): string | undefined {
  const block = outcome?.kind === 'result' ? outcome.result.content[0] : undefined;
  return block?.type === 'text' ? block.text : undefined;
}

const messageOf = (record: TaskRecord): string =>
  record.outcome?.kind === 'error' ? record.outcome.error.message : (textOf(record) ?? record.status);
