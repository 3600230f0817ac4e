import { ANONYMOUS, type TaskStatus, type TaskSummary } from 'perdura';
import { html, type Html } from './html.js';
import { several, timeOf } from './words.js';

/** Statuses in the words of people, in the order in which they are shown. */
export const STATUS_WORDS: Readonly<Record<TaskStatus, string>> = {
  working: 'Working',
  input_required: 'Needs an answer',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const isStatus = (given: string): given is TaskStatus => Object.hasOwn(STATUS_WORDS, given);

/** The status, and of one that works whether it does. */
export function badge({ status, run }: Pick<TaskSummary, 'status' | 'run'>): Html {
  const word = status !== 'working' ? STATUS_WORDS[status] : RUNS[run];
  return html`<span class="badge ${status}">${word}</span>`;
}

const RUNS = { queued: 'Queued', running: 'Running', idle: 'Waiting', done: 'Working' } as const;

/** What has to happen for it to go on; empty where it runs, or is over. */
export function waitsFor(task: TaskSummary, now: number): Html {
  if (task.run === 'queued') return html`a worker`;
  if (task.run === 'done' || (task.run === 'running' && task.questions === 0)) return html``;
  if (task.questions > 0) return html`${several(task.questions, 'answer')}`;
  // A task that waits for no time, or for one that it will not live to see, is looked at when its own is over.
  if (task.due < task.createdAt + task.ttl) return html`a timer, ${timeOf(task.due, now)}`;
  return task.children === undefined ? html`a timer` : html`its children`;
}

export function progressBar({ progress, run }: Pick<TaskSummary, 'progress' | 'run'>): Html {
  if (!progress || run === 'done') return html``;
  const { progress: done, total } = progress;
  if (total === undefined) return html`<span class="quiet">${done}</span> `;
  return html`<progress value="${done}" max="${total}" title="${done} of ${total}">${done} of ${total}</progress> `;
}

/** What of its message may be shown: that of an end is what the task has answered. */
export const messageOf = ({ statusMessage, run }: TaskSummary, contents: boolean): string | undefined =>
  contents || run !== 'done' ? statusMessage : undefined;

export const ownerOf = (owner: string): Html =>
  owner === ANONYMOUS.owner ? html`<span class="quiet">anonymous</span>` : html`${owner}`;
