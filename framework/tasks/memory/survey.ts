import { fullQuery, statusOf, type Survey, type SurveyQuery, summaryOf } from '../survey.js';
import type { Kept } from './kept-task.js';

/** Its own, and one for each task below it that asks. */
const questionsOf = ({ record, asking }: Kept): number =>
  record.run === 'done' ? 0 : Object.keys(record.open).length + asking.size;

/** Looks at every task: a store that is one process' memory has room for no more than that takes a few milliseconds for. */
export function surveyOf(all: Iterable<Kept>, query: SurveyQuery, now: number): Survey {
  const { taskId, statuses, tool, owner, limit, after = Infinity } = fullQuery(query);
  const counts = { working: 0, input_required: 0, completed: 0, failed: 0, cancelled: 0 };
  const found: Kept[] = [];
  let oldest = Infinity;
  for (const kept of all) {
    const { record } = kept;
    if (record.taskId === taskId) found.push(kept);
    if (record.parent) continue;
    const status = statusOf(record, questionsOf(kept));
    counts[status] += 1;
    if (record.run !== 'done') oldest = Math.min(oldest, record.createdAt);
    if (taskId !== undefined || record.createdAt >= after || !statuses.includes(status)) continue;
    if (record.tool !== (tool ?? record.tool) || record.owner !== (owner ?? record.owner)) continue;
    found.push(kept);
  }
  found.sort(({ record: a }, { record: b }) => b.createdAt - a.createdAt || (a.taskId < b.taskId ? 1 : -1));
  const last = found[limit - 1]?.record.createdAt ?? -Infinity;
  const tasks = found.filter(({ record }) => record.createdAt >= last);
  return {
    tasks: tasks.map((kept) => summaryOf(kept.record, questionsOf(kept))),
    ...(found.length > tasks.length && { next: last }),
    counts,
    ...(oldest < Infinity && { oldest }),
    now,
  };
}
