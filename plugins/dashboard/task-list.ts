import type { Survey, SurveyQuery, TaskSummary } from 'perdura';
import { html, type Html } from './html.js';
import { badge, isStatus, messageOf, ownerOf, progressBar, STATUS_WORDS, waitsFor } from './task-state.js';
import { countOf, lengthOf, timeOf } from './words.js';

/** What the address of a list asks for, as it was typed. */
export interface Wanted {
  readonly status: string;
  readonly tool: string;
  readonly owner: string;
  readonly after: string;
}

export const wantedOf = (params: URLSearchParams): Wanted => {
  const of = (name: string): string => params.get(name)?.trim() ?? '';
  return { status: of('status'), tool: of('tool'), owner: of('owner'), after: of('after') };
};

export function queryOf({ status, tool, owner, after }: Wanted): SurveyQuery {
  return {
    ...(isStatus(status) && { statuses: [status] }),
    ...(tool !== '' && { tool }),
    ...(owner !== '' && { owner }),
    ...(/^\d{1,15}$/.test(after) && { after: Number(after) }),
  };
}

/** How many there are of each status, and which the list shows. */
export function tiles(base: string, { counts, oldest, now }: Survey, wanted: Wanted): Html {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const tile = (status: string, word: string, count: number): Html => {
    const isHere = wanted.status === status;
    return html`<a
      class="tile ${count === 0 ? 'none' : status}"
      href="${linkOf(base, { ...wanted, status, after: '' })}"
      ${isHere && html`aria-current="true"`}
      ><b>${countOf(count)}</b> ${word}</a
    >`;
  };
  return html`<nav class="tiles" aria-label="By status">
      ${tile('', 'All', all)}
      ${Object.entries(STATUS_WORDS).map(([status, word]) => tile(status, word, isStatus(status) ? counts[status] : 0))}
    </nav>
    ${oldest !== undefined && html`<p class="quiet">The oldest that has not ended was made ${timeOf(oldest, now)}.</p>`}`;
}

/** Stands outside of what is fetched again, so that nobody is interrupted while typing. */
export function filters(base: string, tools: readonly string[], { status, tool, owner }: Wanted): Html {
  const options = [...new Set([...tools, ...(tool === '' ? [] : [tool])])];
  return html`<form class="filters" action="${base}" method="get" role="search">
    <input type="hidden" name="status" value="${status}" />
    <label
      >Task
      <select name="tool">
        <option value="">every task</option>
        ${options.map((name) => html`<option ${name === tool && html`selected`}>${name}</option>`)}
      </select></label
    >
    <label
      >Owner <input name="owner" value="${owner}" placeholder="every owner" autocomplete="off" spellcheck="false"
    /></label>
    <button>Show</button>
    ${(tool !== '' || owner !== '') && html`<a href="${linkOf(base, { status, tool: '', owner: '', after: '' })}">Show all</a>`}
  </form>`;
}

/** A page of tasks. */
export function taskTable(base: string, { tasks, next, now }: Survey, wanted: Wanted, contents: boolean): Html {
  const older =
    next === undefined
      ? html``
      : html`<a rel="next" href="${linkOf(base, { ...wanted, after: String(next) })}">Older</a>`;
  const newest = wanted.after === '' ? html`` : html`<a href="${linkOf(base, { ...wanted, after: '' })}">Newest</a>`;
  const empty = next === undefined ? 'No tasks.' : 'None of the newest fits; look further back.';
  return html`${tasks.length === 0 ? html`<p class="empty">${empty}</p>` : table(base, tasks, now, contents)}
    <p class="pages">${newest} ${older}</p>`;
}

const table = (base: string, tasks: readonly TaskSummary[], now: number, contents: boolean): Html =>
  html`<table class="tasks">
    <thead>
      <tr>
        <th scope="col">Status</th>
        <th scope="col">Task</th>
        <th scope="col">Owner</th>
        <th scope="col">Progress</th>
        <th scope="col">Waits for</th>
        <th scope="col">Took</th>
        <th scope="col">Made</th>
      </tr>
    </thead>
    <tbody>
      ${tasks.map((task) => row(base, task, now, contents))}
    </tbody>
  </table>`;

function row(base: string, task: TaskSummary, now: number, contents: boolean): Html {
  const { taskId, tool, owner, attempt, crashes, run, createdAt, updatedAt } = task;
  const marks = [...(attempt > 1 ? [`attempt ${attempt}`] : []), ...(crashes > 0 ? [`crashed ${crashes}×`] : [])];
  const told = [messageOf(task, contents), marks.map((mark) => html` <span class="mark">${mark}</span>`)];
  return html`<tr>
    <td>${badge(task)}</td>
    <th scope="row">
      <a id="t-${taskId}" href="${base}/tasks/${taskId}">${tool}</a> <code>${taskId.slice(0, 8)}</code>
    </th>
    <td data-label="Owner">${ownerOf(owner)}</td>
    <td data-label="Progress">${progressBar(task)}${told}</td>
    <td data-label="Waits for">${waitsFor(task, now)}</td>
    <td data-label="Took">${lengthOf((run === 'done' ? updatedAt : now) - createdAt)}</td>
    <td data-label="Made">${timeOf(createdAt, now)}</td>
  </tr>`;
}

function linkOf(base: string, wanted: Wanted): string {
  const params = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ''));
  return params.size === 0 ? base : `${base}?${params.toString()}`;
}
