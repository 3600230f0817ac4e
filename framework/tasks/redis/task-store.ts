import { hash, randomBytes } from 'node:crypto';
import type { JournalEntry } from '../../runtime/journal/journal.js';
import type { TraceNote } from '../../runtime/trace/trace-note.js';
import type { Question } from '../../runtime/journal/inbox.js';
import type { Json } from '../../spec.js';
import { storedEntry } from '../aside.js';
import { RedisGroupedCalls } from './grouped-calls.js';
import type { RedisConnections } from './connections.js';
import { PerduraError } from '../../errors.js';
import { RedisHeadroom } from './headroom.js';
import { RedisHints } from './hints.js';
import { fieldsOf, journalOf, type RecordReply, recordOf, type RemovedReply, removedOf } from './record.js';
import { type AdmitName, type ServeName, taskScripts } from './scripts/scripts.js';
import { surveyArguments, surveyOf, type SurveyReply } from './survey.js';
import type { Survey, SurveyQuery } from '../survey.js';
import { endOf } from '../task-end.js';
import { askedNote, recordedNote, spawnedNote } from '../task-notes.js';
import type { TaskOutcome, TaskProgress, TaskRecord } from '../task-record.js';
import type {
  Answered,
  Asked,
  Begun,
  EndedTask,
  Fence,
  Hint,
  NewTask,
  Page,
  Parked,
  Refusal,
  Rescue,
  StoreLimits,
  TaskStore,
  Transition,
  Waits,
} from '../task-store.js';
import { created, ENQUEUE_GRACE } from '../transitions.js';

export interface RedisStoreOptions {
  readonly connections: RedisConnections;
  /** What the keys begin with; stores with different prefixes do not see each other. Default `'perdura'`. */
  readonly prefix?: string;
  /** The version that `checkRedis` reports; without it nothing is used that 6.2 lacks. */
  readonly version?: readonly [number, number] | undefined;
  /** The most bytes of one value: arguments, a question, an answer, an outcome. Default 4 MiB. */
  readonly valueBytes?: number;
}

type Reply = readonly unknown[];

const VALUE_BYTES = 4 * 2 ** 20;
const PREFIX = /^[\w.:-]{1,64}$/;
/** What an id may be: anything else, which only a client can have made up, is not found. */
const TASK_ID = /^[\w-]{1,128}$/;
const NOT_FOUND = { ok: false, reason: 'not_found' } as const;
/** {@link endOf} reads times alone, and those are the store's to set. */
const TIMELESS = { createdAt: 0, ttl: 0 } as TaskRecord;

/**
 * Tasks in Redis, for any number of processes. Each transition is one script, so that it happens as a whole or not
 * at all, on Redis' own clock. Calls for clients fail fast when Redis is away (`STORE_UNAVAILABLE`); those of workers
 * wait for it and may be sent twice, which no transition takes for two.
 */
export class RedisTaskStore implements TaskStore {
  readonly #admit: RedisGroupedCalls<AdmitName>;
  readonly #requests: RedisGroupedCalls<ServeName>;
  readonly #work: RedisGroupedCalls<ServeName>;
  readonly #room: RedisHeadroom;
  readonly #hints: RedisHints;
  readonly #connections: RedisConnections;
  readonly #valueBytes: number;
  readonly #name = randomBytes(12).toString('base64url');
  #calls = 0;

  /** @throws PerduraError `STORE_PREFIX_INVALID` */
  constructor({ connections, prefix = 'perdura', version, valueBytes = VALUE_BYTES }: RedisStoreOptions) {
    if (!PREFIX.test(prefix)) throw PerduraError.of('STORE_PREFIX_INVALID', prefix);
    // One hash tag: a transition changes the task, its owner's index, the due set and the counts as one.
    const key = `{${prefix}}:`;
    const { admit, serve } = taskScripts({ hasFlags: version !== undefined && version[0] >= 7 });
    const { requests, work } = connections;
    this.#connections = connections;
    this.#admit = new RedisGroupedCalls(requests, key, 'tasks:admit', admit);
    this.#requests = new RedisGroupedCalls(requests, key, 'tasks:serve', serve);
    this.#work = new RedisGroupedCalls(work, key, 'tasks:serve', serve);
    this.#room = new RedisHeadroom(requests);
    this.#hints = new RedisHints(connections.hints, `${key}hints`);
    this.#valueBytes = valueBytes;
  }

  /** Resolves when changes made from now on in any process reach {@link subscribe}'s listeners. */
  async open(): Promise<void> {
    await this.#hints.open().catch((error: unknown) => {
      throw PerduraError.from(error, 'STORE_UNAVAILABLE', 'it did not take a subscription');
    });
  }

  async create(task: NewTask, limits: StoreLimits): Promise<Transition<TaskRecord>> {
    const { taskId, owner, tool, idempotencyKey } = task;
    const fields = fieldsOf(task, (value) => this.#json(value, 'The task'));
    const made = idempotencyKey === undefined ? '' : digest(JSON.stringify([owner, tool, idempotencyKey]));
    const counts = [limits.perOwner, limits.keptPerOwner, limits.total, limits.totalBytes, ENQUEUE_GRACE];
    const journal = (task.journal ?? []).flatMap(([key, entry], place) => [key, `${place} ${JSON.stringify(entry)}`]);
    const args = [taskId, JSON.stringify(owner), digest(owner), made, ...counts, journal.length, ...journal, ...fields];
    await this.#room.take(fields.reduce<number>((sum, field) => sum + String(field).length, 0));
    const reply = await this.#admit.run('create', ...args);
    if (!isDone(reply)) return refused(reply);
    const [kind, value, earlier] = reply as ['created', number] | ['earlier', string, RecordReply];
    if (kind === 'earlier') return found(value, earlier);
    return done(created(task, value));
  }

  async spawn(fence: Fence, key: string, task: NewTask, most: number): Promise<Transition<TaskRecord>> {
    const fields = fieldsOf(task, (value) => this.#json(value, `The task of step "${key}"`));
    const line = lineOf(fence, spawnedNote(key, task.taskId, task.tool));
    const args = [key, task.taskId, task.ttl, most, ENQUEUE_GRACE, line, ...fields];
    const reply = await this.#fenced('spawn', fence, fence.lease, ...args);
    return isDone(reply) ? found(...(reply as [string, RecordReply])) : refused(reply);
  }

  async asking(owner: string, taskId: string): Promise<readonly TaskRecord[]> {
    const reply = await this.#owned('asking', owner, taskId);
    return isDone(reply) ? recordsOf(reply as [string, RecordReply][]) : [];
  }

  async begin(taskId: string, activation: number, lease: number): Promise<Transition<Begun>> {
    const token = this.#token();
    const reply = await this.#work.run('begin', taskId, activation, lease, token);
    if (!isDone(reply)) return refused(reply);
    const [stored, now, journal] = reply as [RecordReply, number, string[]];
    const record = recordOf(taskId, stored);
    return record ? done({ record, journal: journalOf(journal), now }) : NOT_FOUND;
  }

  async append(...[fence, length, key, entry, note]: Parameters<TaskStore['append']>): Promise<Transition<void>> {
    const { inJournal, aside } = storedEntry(entry);
    const large = aside === undefined ? [] : [aside];
    const line = note ? lineOf(fence, recordedNote(key, note)) : '';
    const reply = await this.#fenced('append', fence, fence.lease, length, key, inJournal, line, ...large);
    return isDone(reply) ? done(undefined) : refused(reply);
  }

  async recall(fence: Fence, key: string): Promise<Transition<JournalEntry>> {
    const reply = await this.#fenced('recall', fence, key);
    return isDone(reply) ? done(JSON.parse(reply[0] as string) as JournalEntry) : refused(reply);
  }

  async heartbeat(fence: Fence, statusMessage?: string, shown?: TaskProgress): Promise<Transition<void>> {
    const message = statusMessage === undefined ? [] : ['statusMessage', JSON.stringify(statusMessage)];
    // In this order, since the script compares the text.
    const progress = shown ? ['progress', JSON.stringify({ progress: shown.progress, total: shown.total })] : [];
    const reply = await this.#fenced('heartbeat', fence, fence.lease, ...message, ...progress);
    return isDone(reply) ? done(undefined) : refused(reply);
  }

  async ask(fence: Fence, key: string, question: Question): Promise<Transition<Asked>> {
    const { request, fingerprint, deadline = '-' } = question;
    const json = this.#json(request, `The question "${key}"`);
    const line = lineOf(fence, askedNote(key, request));
    const reply = await this.#fenced('ask', fence, fence.lease, key, json, deadline, fingerprint, line);
    if (!isDone(reply)) return refused(reply);
    const [kind, answer] = reply as [Asked['kind'], string?];
    return done(kind === 'answered' ? { kind, answer: JSON.parse(answer as string) as Json } : { kind });
  }

  async answer(owner: string, taskId: string, answers: Readonly<Record<string, Json>>): Promise<Transition<Answered>> {
    const pairs = Object.entries(answers).flatMap(([key, answer]) => [
      key,
      this.#json(answer, `The answer to "${key}"`),
    ]);
    const reply = await this.#owned('answer', owner, taskId, ...pairs);
    if (!isDone(reply)) return refused(reply);
    const [stored, taken, enqueue] = reply as [RecordReply, string[], number | null];
    const record = recordOf(taskId, stored);
    if (!record) return NOT_FOUND;
    return done({ taken, record, ...(enqueue !== null && { enqueue }) });
  }

  async park(fence: Fence, { questions, wake, children = [] }: Waits): Promise<Transition<Parked>> {
    const waits = [wake ?? '', questions.length, ...questions, ...children];
    const reply = await this.#fenced('park', fence, fence.lease, ...waits);
    if (!isDone(reply)) return refused(reply);
    const [kind, stored, now] = reply as ['parked'] | ['replay', RecordReply, number];
    if (kind === 'parked') return done({ kind });
    const record = recordOf(fence.taskId, stored);
    return record ? done({ kind, record, now }) : NOT_FOUND;
  }

  async yield(...[fence, retry]: Parameters<TaskStore['yield']>): Promise<Transition<number>> {
    const token = this.#token();
    const message = retry?.statusMessage === undefined ? [] : [JSON.stringify(retry.statusMessage)];
    const reply = await this.#fenced('yield', fence, token, ...(retry ? [retry.delay, ...message] : []));
    return isDone(reply) ? done(reply[0] as number) : refused(reply);
  }

  async finish(fence: Fence, outcome: TaskOutcome): Promise<Transition<EndedTask>> {
    const reply = await this.#fenced('finish', fence, ...this.#ended(outcome));
    return isDone(reply) ? ended(fence.taskId, ...(reply as EndedReply)) : refused(reply);
  }

  async cancel(owner: string, taskId: string): Promise<Transition<EndedTask>> {
    const reply = await this.#owned('cancel', owner, taskId, ...this.#ended({ kind: 'cancelled' }));
    return isDone(reply) ? ended(taskId, ...(reply as EndedReply)) : refused(reply);
  }

  async get(owner: string, taskId: string): Promise<TaskRecord | undefined> {
    const reply = await this.#owned('get', owner, taskId);
    return isDone(reply) && reply.length > 0 ? recordOf(taskId, reply as unknown as RecordReply) : undefined;
  }

  async trace(owner: string, taskId: string): Promise<readonly TraceNote[]> {
    const reply = await this.#owned('trace', owner, taskId);
    return isDone(reply) ? (reply as string[]).map((line) => JSON.parse(line) as TraceNote) : [];
  }

  async list(owner: string, limit: number, after?: number): Promise<Page> {
    const position = after === undefined ? '+inf' : `(${after}`;
    const reply = await this.#requests.run('list', digest(owner), limit, position);
    const [listed, next] = reply as [[string, RecordReply][], string | null];
    const tasks = recordsOf(listed);
    return next === null ? { tasks } : { tasks, next: Number(next) };
  }

  async survey(query: SurveyQuery): Promise<Survey> {
    return surveyOf((await this.#requests.run('survey', ...surveyArguments(query, digest))) as SurveyReply);
  }

  async due(limit: number): Promise<readonly string[]> {
    return (await this.#work.run('due', limit)) as string[];
  }

  async rescue(taskId: string, maxCrashes: number): Promise<Rescue> {
    const reply = (await this.#work.run('rescue', taskId, maxCrashes)) as
      ['enqueue', number, string] | ['ended', ...EndedReply] | ['none'];
    if (reply[0] === 'enqueue') return { kind: 'enqueue', activation: reply[1], tool: reply[2] };
    const found = reply[0] === 'ended' ? ended(taskId, reply[1], reply[2]) : NOT_FOUND;
    return found.ok ? { kind: 'ended', record: found.value } : { kind: 'none' };
  }

  subscribe(listener: (hint: Hint) => void, missed?: () => void): () => void {
    return this.#hints.subscribe(listener, missed);
  }

  async close(): Promise<void> {
    this.#hints.close();
    await this.#connections.close();
  }

  #fenced(name: ServeName, { taskId, epoch }: Fence, ...args: readonly (string | number)[]): Promise<unknown> {
    return this.#work.run(name, taskId, epoch, ...args);
  }

  async #owned(name: ServeName, owner: string, taskId: string, ...args: readonly string[]): Promise<unknown> {
    return TASK_ID.test(taskId) ? this.#requests.run(name, taskId, JSON.stringify(owner), ...args) : 'not_found';
  }

  /** Tells a call that is sent again since its reply was lost from any other. */
  #token(): string {
    return `${this.#name}${(this.#calls += 1)}`;
  }

  #ended(outcome: TaskOutcome): readonly string[] {
    const { status = 'failed', statusMessage } = endOf(TIMELESS, outcome, 0);
    const message = statusMessage === undefined ? [] : [JSON.stringify(statusMessage)];
    return [status, this.#json(outcome, 'The outcome'), ...message];
  }

  #json(value: unknown, what: string): string {
    const json = JSON.stringify(value);
    const bytes = Buffer.byteLength(json);
    if (bytes > this.#valueBytes) throw PerduraError.of('STORE_VALUE_TOO_LARGE', what, bytes, this.#valueBytes);
    return json;
  }
}

// The scripts answer with a word where they refuse and with a list where they did something.
const isDone = (reply: unknown): reply is Reply => Array.isArray(reply);
const refused = (reply: unknown): { ok: false; reason: Refusal } => ({ ok: false, reason: reply as Refusal });
const done = <T>(value: T): Transition<T> => ({ ok: true, value });

function found(taskId: string, stored: RecordReply): Transition<TaskRecord> {
  const record = recordOf(taskId, stored);
  return record ? done(record) : NOT_FOUND;
}

const lineOf = ({ taskId, epoch }: Fence, note: object): string => JSON.stringify({ task: taskId, epoch, ...note });

type EndedReply = readonly [record: RecordReply, removed: readonly RemovedReply[]];

function ended(taskId: string, stored: RecordReply, removed: readonly RemovedReply[]): Transition<EndedTask> {
  const record = recordOf(taskId, stored);
  if (!record) return NOT_FOUND;
  return done(removed.length > 0 ? { ...record, removed: removed.map(removedOf) } : record);
}

const recordsOf = (listed: readonly [string, RecordReply][]): TaskRecord[] =>
  listed.flatMap(([taskId, stored]) => recordOf(taskId, stored) ?? []);

/** No user text in keys: it could hold a colon or a brace, and be of any length. */
const digest = (text: string): string => hash('sha256', text, 'base64url');
