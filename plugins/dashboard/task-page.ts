import type { App, TaskSummary, Trace } from 'perdura';
import { html, type Html, type Value } from './html.js';
import { badge, messageOf, ownerOf, progressBar, waitsFor } from './task-state.js';
import { usageOf, waterfall } from './waterfall.js';
import { lengthOf, several, timeOf } from './words.js';

type Record = NonNullable<Awaited<ReturnType<App['tasks']['get']>>>;

/** A task as it stands, and what it has done. */
export interface TaskView {
  readonly summary: TaskSummary;
  readonly record: Record;
  readonly trace: Trace;
  /** The store's time. */
  readonly now: number;
}

/** The most characters of one value. */
const MOST_TEXT = 20_000;

export function taskPage(base: string, view: TaskView, contents: boolean): Html {
  const { summary, record, trace, now } = view;
  const message = messageOf(summary, contents) ?? reasonOf(record);
  return html`<h1>${summary.tool} ${badge(summary)}</h1>
    <p class="quiet"><code>${summary.taskId}</code></p>
    ${message !== undefined && html`<p class="message">${progressBar(summary)}${message}</p>`} ${facts(view)}
    ${summary.run !== 'done' && cancelForm(base, summary.taskId)}
    <h2>What it did</h2>
    ${waterfall(trace, now)} ${contents && contentsOf(record)}`;
}

function facts({ summary, record, trace, now }: TaskView): Html {
  const { owner, createdAt, updatedAt, run, ttl, attempt, crashes, children } = summary;
  const isOver = run === 'done';
  const used = usageOf(trace);
  const rows: readonly (readonly [string, Value])[] = [
    ['Owner', ownerOf(owner)],
    ['Made', timeOf(createdAt, now)],
    isOver
      ? ['Ended', html`${timeOf(updatedAt, now)}, after ${lengthOf(updatedAt - createdAt)}`]
      : ['Changed', timeOf(updatedAt, now)],
    ['Waits for', waitsFor(summary, now)],
    ['Used', used.join(' · ')],
    ['Runs', runsOf(record.epoch, attempt, crashes)],
    ['Made tasks', children === undefined ? '' : several(children, 'task')],
    [
      'Asked by',
      html`${record.client.info?.title ?? record.client.info?.name ?? ''}
        <span class="quiet">MCP ${record.revision}</span>`,
    ],
    [isOver ? 'Kept until' : 'Must end', timeOf(createdAt + ttl, now)],
  ];
  const shown = rows.filter(
    ([, value]) => value !== '' && !(value instanceof Object && 'text' in value && value.text === ''),
  );
  return html`<dl class="facts">
    ${shown.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function runsOf(activations: number, attempt: number, crashes: number): string {
  return [
    several(activations, 'run'),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(crashes > 0 ? [`crashed ${crashes}× since its last step`] : []),
  ].join(', ');
}

/** Why it failed, where that is no answer of the task's own: a limit, a crash, an error with a code. */
const reasonOf = ({ outcome }: Record): string | undefined =>
  outcome?.kind === 'error' ? outcome.error.message : undefined;

// Two steps, with or without the script.
const cancelForm = (base: string, taskId: string): Html =>
  html`<details class="cancel" id="cancel">
    <summary>Cancel…</summary>
    <form method="post" action="${base}/tasks/${taskId}/cancel">
      <p>Its client is told that it was cancelled, and what it has recorded is dropped.</p>
      <button>Cancel this task</button>
    </form>
  </details>`;

function contentsOf({ args, open, answers, outcome }: Record): Html {
  const given = outcome ? [] : [block('Given', args)];
  const asked = Object.entries(open).map(([key, { request }]) => block(`Asks: ${key}`, request));
  const answered = Object.entries(answers).map(([key, answer]) => block(`Was answered: ${key}`, answer));
  return html`<h2>Contents</h2>
    ${given}${asked}${answered}${outcome ? block('Result', outcome) : ''}`;
}

function block(title: string, value: unknown): Html {
  const text = JSON.stringify(value, undefined, 2);
  const shown =
    text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}\n… and ${text.length - MOST_TEXT} characters more` : text;
  return html`<details id="c-${title}">
    <summary>${title}</summary>
    <pre tabindex="0">${shown}</pre>
  </details>`;
}
