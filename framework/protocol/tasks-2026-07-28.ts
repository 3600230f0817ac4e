import type { Catalog, ToolEntry } from '../catalog/catalog.js';
import type { ClientCapabilities, Json } from '../spec.js';
import type { TaskRecord } from '../tasks/task-record.js';
import type { BegunCall, Tasks } from '../tasks/tasks.js';
import { resultAnswer } from './answer.js';
import { REVISION_2026 } from './envelope-2026-07-28.js';
import type { Answer } from './exchange.js';
import { type ExtensionRow, forDeclaring } from './extension-row.js';
import type { Incoming, Method } from './incoming.js';
import { TASKS_EXTENSION } from './meta.js';
import { declaresTasks, missingFor, TASKS_REQUIRED } from './missing-capabilities.js';
import { isObject } from './parse-message.js';
import { invalidParams, missingCapability } from './refusal.js';
import type { Results } from './results-2026-07-28.js';
import { requireScopes } from './scopes.js';
import { answerTask, created, taskIdOf, taskNotFound } from './task-requests.js';
import { traceOf } from './trace.js';

/** The tasks extension (SEP-2663), a row like those of plugins. It is declared by the client on every request anew. */
export function tasksExtension(tasks: Tasks, results: Results, tools: Catalog['tools']): ExtensionRow {
  const methods = new TaskMethods2026(tasks, results, tools);
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
  constructor(
    private readonly tasks: Tasks,
    private readonly results: Results,
    private readonly tools: Catalog['tools'],
  ) {}

  /** Answers a `tools/call` with a task; `args` fit the tool. */
  async create(incoming: Incoming, entry: ToolEntry, args: Json, begun?: BegunCall): Promise<Answer> {
    const { client } = incoming;
    const { principal } = incoming.exchange;
    const trace = traceOf(incoming);
    const from = { ...trace, ...(begun && { begun }) };
    const creation = this.tasks.create({ entry, args, principal, client, revision: REVISION_2026, ...from });
    const record = created(await creation);
    return this.results.typed(incoming.id, 'task', taskFields(record));
  }

  async get(incoming: Incoming): Promise<Answer> {
    const record = await this.tasks.get(incoming.exchange.principal.owner, taskIdOf(incoming));
    if (!record) throw taskNotFound();
    requireScopes(this.tools.get(record.tool) ?? {}, incoming.exchange);
    return this.results.answer(incoming.id, detailedTask(record, incoming.client.capabilities));
  }

  async update(incoming: Incoming): Promise<Answer> {
    const taskId = taskIdOf(incoming);
    const { inputResponses } = incoming.params;
    if (!isObject(inputResponses)) throw invalidParams('"inputResponses" must be an object.');
    const { owner } = incoming.exchange.principal;
    const answered = await answerTask(this.tasks, owner, taskId, inputResponses as Record<string, Json>);
    // What is not open any more is ignored, and so is an answer that comes after the end.
    if (!answered.ok && answered.reason === 'not_found') throw taskNotFound();
    return this.acknowledge(incoming);
  }

  async cancel(incoming: Incoming): Promise<Answer> {
    const cancelled = await this.tasks.cancel(incoming.exchange.principal.owner, taskIdOf(incoming));
    if (!cancelled.ok && cancelled.reason === 'not_found') throw taskNotFound();
    return this.acknowledge(incoming);
  }

  private acknowledge({ id }: Incoming): Answer {
    return resultAnswer(id, `{${this.results.complete}}`);
  }
}

/** Refuses with -32021 who asks for tasks without declaring the extension on this request. */
export function requireTasks({ client }: Incoming): void {
  if (!declaresTasks(client.capabilities)) throw missingCapability(TASKS_REQUIRED);
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
  if (outcome?.kind === 'error') return { ...task, status: 'failed', error: outcome.error };
  if (record.status !== 'input_required') return task;
  const askable = Object.entries(record.open).filter(([, { request }]) => !missingFor(request, capabilities));
  return { ...task, inputRequests: Object.fromEntries(askable.map(([key, { request }]) => [key, request])) };
}
