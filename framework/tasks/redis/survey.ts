import type { TaskStatus } from '../../spec.js';
import { fullQuery, STATUSES, type Survey, type SurveyQuery, summaryOf, type TaskSummary } from '../survey.js';
import type { TaskRun } from '../task-record.js';
import { belowOf } from './record.js';
import { SURVEYED } from './scripts/survey.js';

type Held = readonly (string | number | null)[];

/** What the script returns; times are whole milliseconds. */
export type SurveyReply = readonly [
  page: readonly (readonly [taskId: string, held: Held])[],
  next: number | null,
  counts: readonly number[],
  oldest: number | null,
  now: number,
];

/** An id that only somebody can have made up is not looked for. */
const TASK_ID = /^[\w-]{1,128}$/;

/** `keyOf` names the index of an owner. */
export function surveyArguments(query: SurveyQuery, keyOf: (owner: string) => string): (string | number)[] {
  const { taskId, statuses, tool = '', owner, limit, after } = fullQuery(query);
  const position = after === undefined ? '+inf' : `(${after}`;
  const only = taskId !== undefined && TASK_ID.test(taskId) ? taskId : '';
  const wanted = taskId === undefined ? statuses : [];
  return [limit, position, tool, owner === undefined ? '' : keyOf(owner), only, ...wanted];
}

export function surveyOf([page, next, counts, oldest, now]: SurveyReply): Survey {
  const tasks = page.map(([taskId, held]) => summary(taskId, held));
  return {
    tasks: tasks.sort((a, b) => b.createdAt - a.createdAt || (a.taskId < b.taskId ? 1 : -1)),
    ...(next !== null && { next }),
    counts: Object.fromEntries(STATUSES.map((status, at) => [status, counts[at] ?? 0])) as Survey['counts'],
    ...(oldest !== null && { oldest }),
    now,
  };
}

function summary(taskId: string, held: Held): TaskSummary {
  const fields = new Map([...SURVEYED, 'due', 'asking'].map((name, at) => [name, held[at] ?? undefined]));
  const text = (name: string): string => String(fields.get(name) ?? '');
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  const json = (name: string): never => JSON.parse(text(name)) as never;
  const record = {
    ...{ taskId, owner: json('owner'), tool: text('tool') },
    ...{ status: text('status') as TaskStatus, run: text('run') as TaskRun },
    ...{ createdAt: number('createdAt'), updatedAt: number('updatedAt'), ttl: number('ttl'), due: number('due') },
    ...{ attempt: 1 + number('retries'), crashes: number('crashes') },
    ...(fields.get('children') !== undefined && { children: number('children') }),
    ...(fields.get('statusMessage') !== undefined && { statusMessage: json('statusMessage') }),
    ...(fields.get('progress') !== undefined && { progress: json('progress') }),
    ...(fields.get('below') !== undefined && { below: belowOf(text('below')) }),
  };
  return summaryOf(record, record.run === 'done' ? 0 : number('opens') + number('asking'));
}
