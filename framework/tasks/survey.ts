import type { TaskStatus } from '../spec.js';
import { wholeProgress } from './family-progress.js';
import type { TaskRecord } from './task-record.js';

/** Which tasks an operator looks for. What is not given selects nothing. */
export interface SurveyQuery {
  /** This one alone, a child too. */
  readonly taskId?: string;
  readonly statuses?: readonly TaskStatus[];
  /** The task's name. */
  readonly tool?: string;
  readonly owner?: string;
  /** The most tasks of a page, 1 to 200. Default 50. One page has all that were made in the millisecond that it ends with. */
  readonly limit?: number;
  /** Where the page before ended. */
  readonly after?: number;
}

/** A task as an operator sees it: names, numbers, times and its message, never arguments, questions, answers or results. */
export interface TaskSummary
  extends
    Pick<TaskRecord, 'taskId' | 'owner' | 'tool' | 'statusMessage' | 'progress' | 'run' | 'attempt' | 'crashes'>,
    Pick<TaskRecord, 'createdAt' | 'updatedAt' | 'ttl' | 'due' | 'children'> {
  /**
   * That of the task with all below it: `input_required` also where one of its children asks, `failed` also where its result has
   * `isError`.
   */
  readonly status: TaskStatus;
  /** How many questions it has open, and how many tasks below it ask. */
  readonly questions: number;
}

/** Tasks of all owners, and how many there are. Those that tasks made are in none of the numbers. */
export interface Survey {
  /** The newest first. There may be fewer than were asked for, or none, though there are more pages. */
  readonly tasks: readonly TaskSummary[];
  /** What the next page continues `after`; absent on the last one. */
  readonly next?: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  /** When the oldest task that has not ended was made. */
  readonly oldest?: number;
  /** The store's time, in milliseconds since 1970. */
  readonly now: number;
}

export const STATUSES: readonly TaskStatus[] = ['working', 'input_required', 'completed', 'failed', 'cancelled'];

const DEFAULT_LIMIT = 50;
const MOST = 200;

/** A query with its defaults, and without what no task can be. */
export function fullQuery({ limit = DEFAULT_LIMIT, statuses = STATUSES, ...query }: SurveyQuery) {
  const count = Number.isInteger(limit) ? Math.min(Math.max(limit, 1), MOST) : DEFAULT_LIMIT;
  return { ...query, limit: count, statuses: STATUSES.filter((status) => statuses.includes(status)) };
}

/** What a summary shows of a record. */
export type Surveyed = Omit<TaskSummary, 'questions'> & Pick<TaskRecord, 'below'>;

/** With `questions` open in it and below it. A result that is no error has no message (`endOf`). */
export function statusOf({ status, statusMessage }: Surveyed, questions: number): TaskStatus {
  if (questions > 0) return 'input_required';
  return status === 'completed' && statusMessage !== undefined ? 'failed' : status;
}

export function summaryOf(record: Surveyed, questions: number): TaskSummary {
  const { taskId, owner, tool, statusMessage, run, attempt, crashes, createdAt, updatedAt, ttl, due, children } =
    record;
  const progress = wholeProgress(record);
  return {
    ...{ taskId, owner, tool, run, attempt, crashes, createdAt, updatedAt, ttl, due, questions },
    status: statusOf(record, questions),
    ...(statusMessage !== undefined && { statusMessage }),
    ...(progress && { progress }),
    ...(children !== undefined && { children }),
  };
}
