import type { InputRequest, Json, Revision, TaskStatus } from '../spec.js';
import type { JournalEntry } from '../runtime/journal.js';
import type { OpenQuestion, TaskRecord, TaskRun } from './task-record.js';

/** What the scripts return of a record: its hash, when it is due, the hash of its questions. Hashes come flat. */
export type RecordReply = readonly [fields: readonly string[], due: string | null, questions: readonly string[]];

/** The fields that a new task's hash begins with; the store adds the times. */
export function fieldsOf(record: TaskRecord): string[] {
  const fields = {
    owner: record.owner,
    principal: JSON.stringify(record.principal),
    tool: record.tool,
    args: JSON.stringify(record.args),
    revision: record.revision,
    client: JSON.stringify(record.client),
    status: record.status,
    ...(record.statusMessage !== undefined && { statusMessage: record.statusMessage }),
    run: record.run,
    epoch: record.epoch,
    activation: record.activation,
    attempt: record.attempt,
    crashes: record.crashes,
    version: record.version,
    ttl: record.ttl,
    ...(record.resultTtl !== undefined && { resultTtl: record.resultTtl }),
    pollInterval: record.pollInterval,
    ...(record.traceparent !== undefined && { traceparent: record.traceparent }),
  };
  return Object.entries(fields).flatMap(([name, value]) => [name, String(value)]);
}

/** The record in a reply; undefined where there is none. */
export function recordOf(taskId: string, [flat, due, questions]: RecordReply): TaskRecord | undefined {
  if (flat.length === 0) return undefined;
  const fields = Object.fromEntries(pairsOf(flat));
  const text = (name: string): string => fields[name] ?? '';
  const number = (name: string): number => Number(fields[name]);
  const json = (name: string): never => JSON.parse(text(name)) as never;
  return {
    taskId,
    owner: text('owner'),
    principal: json('principal'),
    tool: text('tool'),
    args: json('args'),
    revision: text('revision') as Revision,
    client: json('client'),
    status: text('status') as TaskStatus,
    ...(fields['statusMessage'] !== undefined && { statusMessage: fields['statusMessage'] }),
    ...(fields['progress'] !== undefined && { progress: json('progress') }),
    run: text('run') as TaskRun,
    epoch: number('epoch'),
    activation: number('activation'),
    attempt: number('attempt'),
    ...(fields['parkedIn'] !== undefined && { parkedIn: number('parkedIn') }),
    crashes: number('crashes'),
    version: number('version'),
    createdAt: number('createdAt'),
    updatedAt: number('updatedAt'),
    ttl: number('ttl'),
    ...(fields['resultTtl'] !== undefined && { resultTtl: number('resultTtl') }),
    pollInterval: number('pollInterval'),
    due: Number(due),
    ...(fields['parent'] !== undefined && { parent: { taskId: fields['parent'], key: text('parentKey') } }),
    ...(fields['depth'] !== undefined && { depth: number('depth') }),
    ...(fields['root'] !== undefined && { root: fields['root'] }),
    ...(fields['children'] !== undefined && { children: number('children') }),
    ...questionsOf(questions),
    ...(fields['lastStep'] !== undefined && { lastStep: fields['lastStep'] }),
    ...(fields['traceparent'] !== undefined && { traceparent: fields['traceparent'] }),
    ...(fields['outcome'] !== undefined && { outcome: json('outcome') }),
  };
}

/** The entries of a journal in the order in which they were recorded; each stands behind its place. */
export function journalOf(flat: readonly string[]): ReadonlyMap<string, JournalEntry> {
  const entries = pairsOf(flat).map(([key, placed]) => ({ key, ...orderOf(placed) }));
  entries.sort((a, b) => a.order - b.order);
  return new Map(entries.map(({ key, rest }) => [key, JSON.parse(rest) as JournalEntry]));
}

function questionsOf(flat: readonly string[]): Pick<TaskRecord, 'open' | 'answers' | 'expired'> {
  const kinds = { o: [] as Placed<OpenQuestion>[], a: [] as [string, Json][], x: [] as Placed<null>[] };
  for (const [field, value] of pairsOf(flat)) {
    const key = field.slice(2);
    if (field.startsWith('a:')) kinds.a.push([key, JSON.parse(value) as Json]);
    if (field.startsWith('x:')) kinds.x.push({ key, order: Number(value), value: null });
    if (field.startsWith('o:')) kinds.o.push({ key, ...openOf(value) });
  }
  const expired = sorted(kinds.x).map(({ key }) => key);
  return {
    // From entries, so that a key such as "__proto__" is one of the object's own.
    open: Object.fromEntries(sorted(kinds.o).map(({ key, value }) => [key, value])),
    answers: Object.fromEntries(kinds.a),
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
