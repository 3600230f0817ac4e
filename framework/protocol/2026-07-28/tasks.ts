import type { ToolEntry } from '../../catalog/catalog.js';
import { canAnswer } from '../../runtime/capabilities.js';
import type { ClientCapabilities, Json } from '../../spec.js';
import type { TaskRecord } from '../../tasks/task-record.js';
import type { BegunCall } from '../../tasks/tasks.js';
import { NOTHING, resultAnswer } from '../messages/answer.js';
import { REVISION_2026 } from './envelope.js';
import type { Answer } from '../messages/exchange.js';
import { declaredBy, extensionRequired, type ExtensionRow, forDeclaring } from '../extensions/extension-row.js';
import type { Incoming, Method } from '../messages/incoming.js';
import { TASKS_EXTENSION } from '../messages/meta.js';
import { isObject } from '../messages/parse-message.js';
import type { ProtocolHost } from '../protocol.js';
import { invalidParams, missingCapability } from '../messages/refusal.js';
import { error2026, type Results } from './results.js';
import { TaskAccess } from '../features/task-access.js';
import { created, taskIdOf } from '../features/task-requests.js';
import { traceOf } from '../features/trace.js';

type TaskHost = Pick<ProtocolHost, 'tasks' | 'whole' | 'report'>;

/** The tasks extension (SEP-2663), a row like those of plugins. It is declared by the client on every request anew. */
export function tasksExtension(host: TaskHost, results: Results): ExtensionRow {
  const methods = new TaskMethods2026(host, results);
  const table: [string, Method][] = [
    ['tasks/get', (incoming) => methods.get(incoming)],
    ['tasks/update', (incoming) => methods.update(incoming)],
    ['tasks/cancel', (incoming) => methods.cancel(incoming)],
  ];
  return {
    id: TASKS_EXTENSION,
    settings: {},
    methods: new Map(table.map(([name, method]) => [name, forDeclaring(TASKS_EXTENSION, method)])),
    // The extension's routing headers.
    namedBy: new Map(table.map(([name]) => [name, 'taskId'])),
  };
}

/** What the methods of the extension do, and the task that a `tools/call` becomes. */
export class TaskMethods2026 {
  readonly #access: TaskAccess;
  /** Results for who polls: most polls find the record that the last one found. */
  readonly #polled = new WeakMap<TaskRecord, string>();

  constructor(
    private readonly host: TaskHost,
    private readonly results: Results,
  ) {
    this.#access = new TaskAccess(host);
  }

  /** Answers a `tools/call` with a task; `args` fit the tool. */
  async create(incoming: Incoming, entry: ToolEntry, args: Json, begun?: BegunCall): Promise<Answer> {
    return this.answer(incoming, await this.make(incoming, entry, args, begun));
  }

  /**
   * The same for a client that may give its request up meanwhile: what it never heard of ends with the request. Once the id is
   * on its way the task lives, whatever becomes of the request (task cancellation).
   */
  async createUnless(isGivenUp: () => boolean, incoming: Incoming, entry: ToolEntry, args: Json): Promise<Answer> {
    const record = await this.make(incoming, entry, args);
    if (!isGivenUp()) return this.answer(incoming, record);
    await this.drop(record.owner, entry, record.taskId);
    return NOTHING;
  }

  /** Ends a task that its client never heard of. One with a key is found by whoever calls again, and may be an earlier call's: it stays. */
  async drop(owner: string, { task }: ToolEntry, taskId: string): Promise<void> {
    if (task?.idempotencyKey) return;
    // Where the store is away the task goes on to its end: there is nobody to tell.
    await this.host.tasks.cancel(owner, taskId).catch((error: unknown) => this.host.report(error, taskId));
  }

  private answer({ id }: Incoming, record: TaskRecord): Answer {
    return this.results.typed(id, 'task', taskFields(record));
  }

  private async make(incoming: Incoming, entry: ToolEntry, args: Json, begun?: BegunCall): Promise<TaskRecord> {
    const { client } = incoming;
    const { principal } = incoming.exchange;
    const trace = traceOf(incoming);
    const from = { ...trace, ...(begun && { begun }) };
    const creation = this.host.tasks.create({ entry, args, principal, client, revision: REVISION_2026, ...from });
    return created(await creation);
  }

  async get(incoming: Incoming): Promise<Answer> {
    const record = await this.#access.find(taskIdOf(incoming), incoming.exchange);
    const { id, client } = incoming;
    // Questions differ by who asks, and outcomes may be large: they are written each time.
    if (record.status !== 'working') return this.results.answer(id, detailedTask(record, client.capabilities));
    let json = this.#polled.get(record);
    if (json === undefined) this.#polled.set(record, (json = this.results.json(taskFields(record))));
    return resultAnswer(id, json);
  }

  async update(incoming: Incoming): Promise<Answer> {
    const taskId = taskIdOf(incoming);
    const { inputResponses } = incoming.params;
    if (!isObject(inputResponses)) throw invalidParams('"inputResponses" must be an object.');
    // What is not open any more is ignored, and so is an answer that comes after the end.
    await this.#access.answer(taskId, inputResponses as Record<string, Json>, incoming.exchange);
    return this.acknowledge(incoming);
  }

  async cancel(incoming: Incoming): Promise<Answer> {
    await this.#access.cancel(taskIdOf(incoming), incoming.exchange);
    return this.acknowledge(incoming);
  }

  private acknowledge({ id }: Incoming): Answer {
    return resultAnswer(id, `{${this.results.complete}}`);
  }
}

export const TASKS_REQUIRED = extensionRequired(TASKS_EXTENSION);

/** Whether the client declared the extension on this request (SEP-2663: on every request anew). */
export const declaresTasks = ({ client }: Incoming): boolean => declaredBy(client, TASKS_EXTENSION) !== undefined;

/** Refuses with -32021 who asks for tasks without declaring the extension on this request. */
export function requireTasks(incoming: Incoming): void {
  if (!declaresTasks(incoming)) throw missingCapability(TASKS_REQUIRED);
}

/** The fields of `Task`. */
function taskFields(record: TaskRecord): Record<string, unknown> {
  return {
    taskId: record.taskId,
    status: record.status,
    ...(record.statusMessage !== undefined && { statusMessage: record.statusMessage }),
    createdAt: new Date(record.createdAt).toISOString(),
    lastUpdatedAt: new Date(record.updatedAt).toISOString(),
    ttlMs: record.ttl,
    pollIntervalMs: record.pollInterval,
  };
}

/** `DetailedTask`: with the outcome, or with the questions that this client said it can be asked. */
export function detailedTask(record: TaskRecord, capabilities: ClientCapabilities): Record<string, unknown> {
  const task = taskFields(record);
  const { outcome } = record;
  // A result with `isError` is a result: `failed` is for JSON-RPC errors alone (task execution errors).
  if (outcome?.kind === 'result') {
    return { ...task, status: 'completed', result: { resultType: 'complete', ...outcome.result } };
  }
  if (outcome?.kind === 'error') return { ...task, status: 'failed', error: error2026(outcome.error) };
  if (record.status !== 'input_required') return task;
  const askable = Object.entries(record.open).filter(([, { request }]) => canAnswer({ capabilities }, request));
  return { ...task, inputRequests: Object.fromEntries(askable.map(([key, { request }]) => [key, request])) };
}
