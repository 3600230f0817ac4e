import type { ToolEntry } from '../../catalog/catalog.js';
import { ProtocolError } from '../../errors.js';
import type { Json } from '../../spec.js';
import type { TaskRecord } from '../../tasks/task-record.js';
import type { BegunCall, TaskRequest } from '../../tasks/tasks.js';
import { errorAnswer, NOTHING, resultAnswer } from '../messages/answer.js';
import { RequestChannel } from '../messages/channel.js';
import type { Answer } from '../messages/exchange.js';
import { type GivenUp, type Incoming2025, REVISION_2025 } from './incoming.js';
import { CODE, type JsonRpcNotification } from '../messages/json-rpc.js';
import { invalidCursor } from '../features/lists.js';
import { isObject } from '../messages/parse-message.js';
import type { ProtocolHost } from '../protocol.js';
import { invalidParams } from '../messages/refusal.js';
import { TaskAccess, taskNotFound } from '../features/task-access.js';
import { created, taskIdOf } from '../features/task-requests.js';
import { type Followed, followTask, relatedTask } from './task-stream.js';
import { result2025 } from '../features/tools.js';
import { traceOf } from '../features/trace.js';

/** Tasks of 2025-11-25 (`basic/utilities/tasks`): the client asks for one, polls, and fetches the result from a call that waits for it. */
export class TaskMethods2025 {
  readonly #access: TaskAccess;
  /** Tasks for who polls: most polls find the record that the last one found. */
  readonly #polled = new WeakMap<TaskRecord, string>();

  constructor(private readonly host: Pick<ProtocolHost, 'tasks' | 'whole' | 'pageSize' | 'cursors'>) {
    this.#access = new TaskAccess(host);
  }

  /** Answers a task-augmented `tools/call`; `args` fit the tool. The session hears of what becomes of the task. */
  async create(incoming: Incoming2025, entry: ToolEntry, args: Json, begun?: BegunCall): Promise<Answer> {
    const ttl = ttlOf(incoming);
    const record = await this.start(incoming, entry, args, {
      ...(ttl !== undefined && { ttl }),
      ...(begun && { begun }),
    });
    this.announce(incoming, record);
    const { taskId } = record;
    return resultAnswer(incoming.id, JSON.stringify({ task: taskOf(record), _meta: relatedTask(taskId) }));
  }

  /** Serves a call of a task as an ordinary one: the same task, waited for in the request. */
  async runInline(incoming: Incoming2025, entry: ToolEntry, args: Json, begun?: BegunCall): Promise<Answer> {
    // Nobody follows the task yet while it is made.
    const early = new EarlyEnd(incoming);
    const { taskId } = await this.start(incoming, entry, args, begun && { begun }).finally(() => early.stop());
    const givenUp = early.why;
    const progress = progressOf(incoming, taskId, (message) => incoming.exchange.send(message));
    const followed: Followed = givenUp
      ? { left: givenUp }
      : await followTask(this.host.tasks, incoming, taskId, progress);
    // Who gave the request up never knew of a task; who lost the connection can still find it.
    const isUnwanted = 'left' in followed && followed.left === 'cancelled';
    if (isUnwanted) await this.host.tasks.cancel(incoming.exchange.principal.owner, taskId);
    return endAnswer(incoming, followed);
  }

  async get(incoming: Incoming2025): Promise<Answer> {
    const record = await this.#find(incoming);
    let json = this.#polled.get(record);
    if (json === undefined) this.#polled.set(record, (json = JSON.stringify(taskOf(record))));
    return resultAnswer(incoming.id, json);
  }

  /** Waits for the end, and puts the task's questions to the client meanwhile. */
  async result(incoming: Incoming2025): Promise<Answer> {
    const { taskId } = await this.#find(incoming);
    return endAnswer(incoming, await followTask(this.host.tasks, incoming, taskId));
  }

  async list({ id, params, exchange }: Incoming2025): Promise<Answer> {
    const { cursors, pageSize } = this.host;
    // Unlike those of a list that is the same for all, these cursors are good for nobody else.
    const place = { method: 'tasks/list', owner: exchange.principal.owner };
    const { cursor } = params;
    const after = cursor === undefined ? undefined : cursors.open(cursor, place)?.after;
    if (cursor !== undefined && after === undefined) throw invalidCursor();
    const { tasks, next } = await this.#access.list(exchange, pageSize, after);
    const nextCursor = next === undefined ? undefined : cursors.seal({ after: next }, place);
    return resultAnswer(id, JSON.stringify({ tasks: tasks.map(taskOf), nextCursor }));
  }

  async cancel(incoming: Incoming2025): Promise<Answer> {
    const cancelled = await this.#access.cancel(taskIdOf(incoming), incoming.exchange);
    if (cancelled.ok) return resultAnswer(incoming.id, JSON.stringify(taskOf(cancelled.value)));
    throw invalidParams('The task has ended; it cannot be cancelled.');
  }

  private async start(
    incoming: Incoming2025,
    entry: ToolEntry,
    args: Json,
    wish: Pick<TaskRequest, 'ttl' | 'begun'> = {},
  ): Promise<TaskRecord> {
    const { exchange, client } = incoming;
    const { principal } = exchange;
    return created(
      await this.host.tasks.create({
        entry,
        args,
        principal,
        client,
        revision: REVISION_2025,
        ...wish,
        ...traceOf(incoming),
      }),
    );
  }

  #find(incoming: Incoming2025): Promise<TaskRecord> {
    return this.#access.find(taskIdOf(incoming), incoming.exchange);
  }

  /** Status notifications are hints, for the session that started the task. The progress token lives as long as the task. */
  private announce(incoming: Incoming2025, made: TaskRecord): void {
    const { taskId, version } = made;
    const { session, exchange } = incoming;
    const progress = progressOf(incoming, taskId, (message) => session.notify(message));
    let told = seenIn(taskOf(made));
    session.keep(
      taskId,
      this.host.tasks.watch(exchange.principal.owner, taskId, (record) => {
        if (record.version === version) return;
        if (record.outcome) session.forget(taskId);
        // Another token may speak for the session by now.
        if (!this.#access.isOpenTo(record, session.caller)) return;
        progress(record);
        const params = taskOf(record);
        if (seenIn(params) === told) return;
        told = seenIn(params);
        session.notify({ jsonrpc: '2.0', method: 'notifications/tasks/status', params });
      }),
    );
  }
}

/** Hears that a request is given up while nothing runs for it yet. */
export class EarlyEnd {
  why: GivenUp | undefined;
  readonly stop: () => void;

  constructor({ session, id }: Incoming2025) {
    this.stop = session.track(id, (why) => (this.why = why));
  }
}

/** What of a task makes it worth a notification: much that changes (its questions, its numbers) is not to be seen in one. */
const seenIn = (task: Record<string, unknown>): string => JSON.stringify({ ...task, lastUpdatedAt: undefined });

/** Passes the handler's own numbers on until the end. The channel leaves out what does not grow, as on a second attempt. */
function progressOf(incoming: Incoming2025, taskId: string, send: (message: JsonRpcNotification) => void) {
  const channel = new RequestChannel(incoming, {
    send: ({ method, params }) => send({ jsonrpc: '2.0', method, params: { ...params, _meta: relatedTask(taskId) } }),
  });
  return ({ progress, statusMessage, outcome }: TaskRecord): void => {
    // `basic/utilities/progress`: there is none of a task that has ended.
    if (progress && !outcome) channel.progress(progress.progress, progress.total, statusMessage);
  };
}

function ttlOf({ params }: Incoming2025): number | undefined {
  const { task } = params;
  if (!isObject(task)) throw invalidParams('"task" must be an object.');
  const { ttl } = task;
  if (ttl === undefined) return undefined;
  if (typeof ttl !== 'number' || !Number.isFinite(ttl) || ttl < 0)
    throw invalidParams('"task.ttl" must be milliseconds.');
  // Tasks say whole ones.
  return Math.ceil(ttl);
}

/** `Task`. Here a result with `isError` means that the task failed (task status). */
function taskOf(record: TaskRecord): Record<string, unknown> {
  const isError = record.outcome?.kind === 'result' && record.outcome.result.isError === true;
  return {
    taskId: record.taskId,
    status: isError ? 'failed' : record.status,
    ...(record.statusMessage !== undefined && { statusMessage: record.statusMessage }),
    createdAt: new Date(record.createdAt).toISOString(),
    lastUpdatedAt: new Date(record.updatedAt).toISOString(),
    ttl: record.ttl,
    pollInterval: record.pollInterval,
  };
}

function endAnswer(incoming: Incoming2025, followed: Followed): Answer {
  if ('record' in followed) return outcomeAnswer(incoming, followed.record);
  if (followed.left === 'gone') throw taskNotFound();
  return NOTHING;
}

/** Exactly what the call would have returned, and which task it was. */
function outcomeAnswer({ id }: Incoming2025, { taskId, outcome }: TaskRecord): Answer {
  if (outcome?.kind === 'result') {
    const result = result2025(outcome.result);
    return resultAnswer(id, JSON.stringify({ ...result, _meta: { ...result._meta, ...relatedTask(taskId) } }));
  }
  if (outcome?.kind === 'error') return errorAnswer(id, outcome.error);
  return errorAnswer(id, { code: CODE.internalError, message: 'The task was cancelled.', data: { taskId } });
}

/** A tool that runs only as a task, or never as one, was called the other way (tool-level negotiation). */
export const wrongWayToCall = (name: string, how: string): ProtocolError =>
  new ProtocolError(CODE.methodNotFound, `The tool ${name} ${how}.`);
