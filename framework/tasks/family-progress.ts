import type { ProgressBelow, TaskProgress, TaskRecord } from './task-record.js';

const NONE: ProgressBelow = { progress: 0, total: 0, open: 0 };
/** Digits that a sum is shown with: fewer than a double has, so that 0.1 and 0.2 come to 0.3. */
const DIGITS = 12;

/** What a task adds to the sums of the task at the top. */
export function shareOf({ progress: told, run }: TaskRecord): ProgressBelow {
  if (!told) return NONE;
  const progress = run === 'done' ? Math.max(told.progress, told.total ?? 0) : told.progress;
  if (told.total !== undefined) return { progress, total: told.total, open: 0 };
  return run === 'done' ? { progress, total: progress, open: 0 } : { progress, total: 0, open: 1 };
}

export const isSameShare = (a: ProgressBelow, b: ProgressBelow): boolean =>
  a.progress === b.progress && a.total === b.total && a.open === b.open;

/** The sums of the task at the top, after one below it has come from one share to another. */
export function addedUp({ below = NONE }: TaskRecord, before: ProgressBelow, after: ProgressBelow): ProgressBelow {
  return {
    progress: below.progress + (after.progress - before.progress),
    total: below.total + (after.total - before.total),
    open: below.open + (after.open - before.open),
  };
}

/** The progress of a task and of all below it, in one pair of numbers; there is a total where all have one. */
export function wholeProgress({
  progress: own,
  below,
}: Pick<TaskRecord, 'progress' | 'below'>): TaskProgress | undefined {
  if (!below) return own;
  const progress = rounded((own?.progress ?? 0) + below.progress);
  if (below.open > 0 || (own && own.total === undefined)) return { progress };
  return { progress, total: rounded((own?.total ?? 0) + below.total) };
}

/** How progress is told where nobody has put it in words. */
export const countOf = ({ progress, total }: TaskProgress): string =>
  total === undefined ? String(progress) : `${progress} of ${total}`;

const rounded = (sum: number): number => Number(sum.toPrecision(DIGITS));
