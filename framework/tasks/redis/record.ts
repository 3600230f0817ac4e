import type { InputRequest, Json, TaskStatus } from '../../spec.js';
import type { AsideEntry, JournalEntry } from '../../runtime/journal/journal.js';
import type { OpenQuestion, ProgressBelow, TaskRecord, TaskRun } from '../task-record.js';
import type { Begun, NewTask, RemovedTask } from '../task-store.js';

/** What the scripts return of a record: its hash with a NUL between all names and values, when it is due, the flat hash of its questions. */
export type RecordReply = readonly [fields: string, due: string | number | null, questions: readonly string[]];

/** What no transition reads of a record: one field, written once. */
type Made = Pick<TaskRecord, 'principal' | 'client' | 'revision' | 'pollInterval' | 'traceparent' | 'allowance'>;

/** The fields that a new task's hash begins with; the scripts add the owner, the times and what all begin with. What is not there is 0. */
export function fieldsOf(task: NewTask, json: (value: unknown) => string): (string | number)[] {
  const { principal, client, revision, pollInterval, traceparent, allowance, resultTtl, statusMessage } = task;
  const made: Made = {
    ...{ principal, client, revision, pollInterval },
    ...(traceparent !== undefined && { traceparent }),
    ...(allowance && { allowance }),
  };
  const fields = ['tool', task.tool, 'made', json(made), 'args', json(task.args), 'ttl', task.ttl];
  if (resultTtl !== undefined) fields.push('resultTtl', resultTtl);
  if (statusMessage !== undefined) fields.push('statusMessage', JSON.stringify(statusMessage));
  return fields;
}

/** The record in a reply; undefined where there is none. */
export function recordOf(taskId: string, [flat, due, questions]: RecordReply): TaskRecord | undefined {
  if (flat === '') return undefined;
  const fields = new Map(pairsOf(flat.split('\0')));
  const text = (name: string): string => fields.get(name) ?? '';
  const number = (name: string): number => Number(fields.get(name) ?? 0);
  const json = (name: string): never => JSON.parse(text(name)) as never;
  const made = json('made') as Made;
  return {
    taskId,
    owner: json('owner'),
    principal: made.principal,
    tool: text('tool'),
    args: json('args'),
    revision: made.revision,
    client: made.client,
    status: text('status') as TaskStatus,
    ...(fields.has('statusMessage') && { statusMessage: json('statusMessage') }),
    ...(fields.has('progress') && { progress: json('progress') }),
    run: text('run') as TaskRun,
    epoch: number('epoch'),
    activation: number('activation'),
    ...(fields.has('queuedAt') && { queuedAt: number('queuedAt') }),
    attempt: 1 + number('retries'),
    ...(fields.has('parkedIn') && { parkedIn: number('parkedIn') }),
    crashes: number('crashes'),
    version: number('version'),
    createdAt: number('createdAt'),
    updatedAt: number('updatedAt'),
    ttl: number('ttl'),
    ...(fields.has('resultTtl') && { resultTtl: number('resultTtl') }),
    pollInterval: made.pollInterval,
    due: Number(due),
    ...(fields.has('parent') && { parent: { taskId: text('parent'), key: json('parentKey') } }),
    ...(fields.has('depth') && { depth: number('depth') }),
    ...(fields.has('root') && { root: text('root') }),
    ...(fields.has('below') && { below: belowOf(text('below')) }),
    ...(fields.has('children') && { children: number('children') }),
    ...questionsOf(questions),
    ...(fields.has('lastStep') && { lastStep: json('lastStep') }),
    ...(made.traceparent !== undefined && { traceparent: made.traceparent }),
    ...(made.allowance && { allowance: made.allowance }),
    ...(fields.has('outcome') && { outcome: json('outcome') }),
  };
}

export function belowOf(text: string): ProgressBelow {
  const [progress = 0, total = 0, open = 0] = text.split(' ').map(Number);
  return { progress, total, open };
}

/** What the scripts return of a task that was removed with one above it. */
export type RemovedReply = readonly [
  taskId: string,
  tool: string,
  parent: string,
  parentKey: string,
  root: string,
  retries: string,
  epoch: number,
  createdAt: number,
  made: string,
];

export function removedOf(reply: RemovedReply): RemovedTask {
  const [taskId, tool, taskIdAbove, keyJson, root, retries, epoch, createdAt, madeJson] = reply;
  const parent = { taskId: taskIdAbove, key: JSON.parse(keyJson) as string };
  const { traceparent } = JSON.parse(madeJson) as Made;
  const told = { taskId, tool, parent, root, attempt: 1 + Number(retries), epoch, createdAt };
  return traceparent === undefined ? told : { ...told, traceparent };
}

/** The entries of a journal in the order in which they were recorded; each stands behind its place. */
export function journalOf(flat: readonly string[]): Begun['journal'] {
  const entries = pairsOf(flat).map(([key, placed]) => ({ key, ...orderOf(placed) }));
  entries.sort((a, b) => a.order - b.order);
  return new Map(entries.map(({ key, rest }) => [key, JSON.parse(rest) as JournalEntry | AsideEntry]));
}

function questionsOf(flat: readonly string[]): Pick<TaskRecord, 'open' | 'answers' | 'asked' | 'expired'> {
  const kinds = { o: [] as Placed<OpenQuestion>[], a: [] as [string, Json][], x: [] as Placed<null>[] };
  const asked: [string, string][] = [];
  for (const [field, value] of pairsOf(flat)) {
    const key = field.slice(2);
    if (field.startsWith('f:')) asked.push([key, value]);
    if (field.startsWith('a:')) kinds.a.push([key, JSON.parse(value) as Json]);
    if (field.startsWith('x:')) kinds.x.push({ key, order: Number(value), value: null });
    if (field.startsWith('o:')) kinds.o.push({ key, ...openOf(value) });
  }
  const expired = sorted(kinds.x).map(({ key }) => key);
  return {
    // From entries, so that a key such as "__proto__" is one of the object's own.
    open: Object.fromEntries(sorted(kinds.o).map(({ key, value }) => [key, value])),
    answers: Object.fromEntries(kinds.a),
    ...(asked.length > 0 && { asked: Object.fromEntries(asked) }),
    ...(expired.length > 0 && { expired }),
  };
}

interface Placed<T> {
  readonly key: string;
  readonly order: number;
  readonly value: T;
}

const sorted = <T>(placed: Placed<T>[]): Placed<T>[] => placed.sort((a, b) => a.order - b.order);

/** Order, deadline (`-` for none) and request, with a space between. */
function openOf(text: string): { readonly order: number; readonly value: OpenQuestion } {
  const { order, rest } = orderOf(text);
  const end = rest.indexOf(' ');
  const deadline = rest.slice(0, end);
  const request = JSON.parse(rest.slice(end + 1)) as InputRequest;
  return { order, value: deadline === '-' ? { request } : { request, deadline: Number(deadline) } };
}

function orderOf(text: string): { readonly order: number; readonly rest: string } {
  const end = text.indexOf(' ');
  return { order: Number(text.slice(0, end)), rest: text.slice(end + 1) };
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] as string, flat[i + 1] as string]);
  return pairs;
}
