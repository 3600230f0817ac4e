import { fullQuery, type Survey, type SurveyQuery, summaryOf, type TaskSummary } from '../survey.js';
import type { Kept } from './kept-task.js';

const summary = ({ record, asking }: Kept): TaskSummary =>
  summaryOf(record, Object.keys(record.open).length, asking.size);

/** Looks at every task: a store that is one process' memory has room for no more than that takes a few milliseconds for. */
export function surveyOf(all: Iterable<Kept>, query: SurveyQuery, now: number): Survey {
  const { taskId, statuses, tool, owner, limit, after = Infinity } = fullQuery(query);
  const counts = { working: 0, input_required: 0, completed: 0, failed: 0, cancelled: 0 };
  const found: TaskSummary[] = [];
  let oldest = Infinity;
  for (const kept of all) {
    const { record } = kept;
    if (record.taskId === taskId) found.push(summary(kept));
    if (record.parent) continue;
    const { status } = summary(kept);
    counts[status] += 1;
    if (record.run !== 'done') oldest = Math.min(oldest, record.createdAt);
    if (taskId !== undefined || record.createdAt >= after || !statuses.includes(status)) continue;
    if (record.tool !== (tool ?? record.tool) || record.owner !== (owner ?? record.owner)) continue;
    found.push(summary(kept));
  }
  found.sort((a, b) => b.createdAt - a.createdAt || (a.taskId < b.taskId ? 1 : -1));
  const last = found[limit - 1]?.createdAt ?? -Infinity;
  const tasks = found.filter(({ createdAt }) => createdAt >= last);
  return {
    tasks,
    ...(found.length > tasks.length && { next: last }),
    counts,
    ...(oldest < Infinity && { oldest }),
    now,
  };
}
