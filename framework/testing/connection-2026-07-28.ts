import type { App } from '../server/app.js';
import type { JsonRpcNotification, JsonRpcRequest } from '../protocol/messages/json-rpc.js';
import { PerduraError } from '../errors.js';
import type { Implementation, InputRequest, LoggingLevel, TaskStatus } from '../spec.js';
import { answer, type Answers, capabilitiesOf } from './answers.js';
import { type Connection, RpcError, type TaskView, type Wire } from './connection.js';

const META = 'io.modelcontextprotocol/';
const TASKS = `${META}tasks`;

/** How often one question is answered. A server asks again until the answer fits: what does not by then never will. */
const TRIES = 3;

interface Detailed {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly statusMessage?: string;
  readonly createdAt: string;
  readonly lastUpdatedAt: string;
  readonly ttlMs: number | null;
  readonly pollIntervalMs?: number;
  readonly inputRequests?: Readonly<Record<string, InputRequest>>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface Settings2026 {
  /** Whether the client declares the tasks extension. */
  readonly tasks: boolean;
  readonly logLevel?: LoggingLevel;
}

/** Speaks without a session: every request carries who the client is, and questions come as `input_required` results. */
export function connect2026(
  app: App,
  wire: Wire,
  answers: Answers,
  clientInfo: Implementation,
  onNotification: (message: JsonRpcNotification) => void,
  settings: Settings2026,
): Connection {
  const meta = {
    [`${META}protocolVersion`]: '2026-07-28',
    [`${META}clientInfo`]: clientInfo,
    [`${META}clientCapabilities`]: {
      ...capabilitiesOf(answers),
      ...(settings.tasks && { extensions: { ...answers.extensions, [TASKS]: {} } }),
    },
    ...(settings.logLevel && { [`${META}logLevel`]: settings.logLevel }),
  };

  /** Of the requests in flight, what ends the connection of each. */
  const open = new Set<{ hangUp(): void }>();
  const once: Connection['request'] = async (method, params = {}, options = {}) => {
    const progress = options.progressToken === undefined ? {} : { progressToken: options.progressToken };
    const message = wire.request(method, { ...params, _meta: { ...meta, ...progress } });
    const exchange = wire.exchange((arrived: JsonRpcRequest | JsonRpcNotification) => {
      options.onMessage?.(arrived);
      onNotification(arrived);
    });
    options.signal?.addEventListener('abort', () => exchange.hangUp());
    if (options.signal?.aborted) exchange.hangUp();
    open.add(exchange);
    try {
      return wire.open(await app.protocol.serve(message, exchange), method);
    } finally {
      open.delete(exchange);
    }
  };

  const request: Connection['request'] = async (method, params = {}, options = {}) => {
    let result = await once(method, params, options);
    const answered = new Map<string, number>();
    while (result['resultType'] === 'input_required') {
      const { inputRequests = {}, requestState } = result as {
        inputRequests?: Record<string, InputRequest>;
        requestState?: string;
      };
      for (const [key, question] of Object.entries(inputRequests)) {
        const times = answered.get(key) ?? 0;
        if (times === TRIES) throw PerduraError.of('ANSWER_REFUSED', key, question.method, TRIES);
        answered.set(key, times + 1);
      }
      const inputResponses = await answerAll(answers, inputRequests);
      result = await once(
        method,
        { ...params, inputResponses, ...(requestState !== undefined && { requestState }) },
        options,
      );
    }
    return result;
  };

  const detailed = async (taskId: string): Promise<Detailed> =>
    (await once('tasks/get', { taskId })) as unknown as Detailed;

  const changed = (taskId: string, seen: Detailed): Promise<Detailed> =>
    new Promise((resolve, reject) => {
      const stop = new AbortController();
      const settle = (task: Detailed): void => {
        if (task.lastUpdatedAt === seen.lastUpdatedAt && task.status === seen.status && sameKeys(task, seen)) return;
        stop.abort();
        resolve(task);
      };
      once(
        'subscriptions/listen',
        { notifications: { taskIds: [taskId] } },
        {
          signal: stop.signal,
          onMessage: ({ method, params }) => {
            // The acknowledgement comes first: what changed before it is read, what changes after it is pushed.
            if (method === 'notifications/subscriptions/acknowledged') detailed(taskId).then(settle, reject);
            if (method === 'notifications/tasks') settle(params as unknown as Detailed);
          },
        },
      ).then(() => reject(new RpcError(-32603, 'The subscription has ended before the task.', undefined, 200)), reject);
    });

  return {
    request,
    startTask: async (name, args = {}) => {
      const answered = await request('tools/call', { name, arguments: args });
      // A task is the server's to make: a tool that is none, and arguments that do not fit, have a result at once.
      if (answered['resultType'] !== 'task') {
        throw PerduraError.of('NO_TASK_MADE', name, JSON.stringify(answered['content']));
      }
      return view(answered as unknown as Detailed);
    },
    getTask: async (taskId) => view(await detailed(taskId)),
    cancelTask: async (taskId) => void (await once('tasks/cancel', { taskId })),
    followTask: async (taskId) => {
      for (let task = await detailed(taskId); ; task = await changed(taskId, task)) {
        if (task.status === 'completed') return task.result ?? {};
        if (task.status === 'failed' && task.error) {
          throw new RpcError(task.error.code, task.error.message, task.error.data, 200);
        }
        if (task.status === 'cancelled') throw new RpcError(-32603, 'The task was cancelled.', undefined, 200);
        if (task.inputRequests) {
          await once('tasks/update', { taskId, inputResponses: await answerAll(answers, task.inputRequests) });
        }
      }
    },
    close: async () => {
      for (const exchange of open) exchange.hangUp();
    },
  };
}

async function answerAll(
  answers: Answers,
  questions: Readonly<Record<string, InputRequest>>,
): Promise<Record<string, unknown>> {
  const pairs = Object.entries(questions).map(
    async ([key, question]) => [key, await answer(answers, question)] as const,
  );
  return Object.fromEntries(await Promise.all(pairs));
}

function sameKeys(one: Detailed, other: Detailed): boolean {
  return Object.keys(one.inputRequests ?? {}).join() === Object.keys(other.inputRequests ?? {}).join();
}

function view({ ttlMs, pollIntervalMs, taskId, status, statusMessage, createdAt, lastUpdatedAt }: Detailed): TaskView {
  return {
    taskId,
    status,
    createdAt,
    lastUpdatedAt,
    ttl: ttlMs,
    ...(statusMessage !== undefined && { statusMessage }),
    ...(pollIntervalMs !== undefined && { pollInterval: pollIntervalMs }),
  };
}
