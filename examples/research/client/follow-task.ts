import { setTimeout as delay } from 'node:timers/promises';

/** A question of the server's: `sampling/createMessage`, `elicitation/create` or `roots/list`. */
export interface InputRequest {
  readonly method: string;
  readonly params?: unknown;
}

/** A task as `tasks/get` of the 2026-07-28 extension shows it. */
export interface DetailedTask {
  readonly taskId: string;
  readonly status: 'working' | 'input_required' | 'completed' | 'failed' | 'cancelled';
  readonly statusMessage?: string;
  readonly pollIntervalMs?: number;
  readonly inputRequests?: Readonly<Record<string, InputRequest>>;
  readonly result?: object;
  readonly error?: object;
}

/** What following a task needs of its surroundings. */
export interface Following {
  /** Sends a request about the task and gives its result. */
  readonly request: <T>(method: string, params: Record<string, unknown>) => Promise<T>;
  /** Answers what the task asks of the client; each question is asked once. */
  readonly answer: (request: InputRequest) => Promise<unknown>;
  readonly onStatus: (message: string) => void;
  readonly signal: AbortSignal;
}

/** The end of a task in JSON-RPC's terms. */
export type TaskEnd = { readonly result: object } | { readonly error: object };

/** Follows a task to its end: polls it at the pace that it asks for and answers what it asks. */
export async function followTask(task: DetailedTask, following: Following): Promise<TaskEnd> {
  try {
    return await poll(task, following);
  } catch (error) {
    // Nobody will answer it any more: it must not wait until its time runs out.
    await following.request('tasks/cancel', { taskId: task.taskId }).catch(() => undefined);
    throw error;
  }
}

async function poll(created: DetailedTask, { request, answer, onStatus, signal }: Following): Promise<TaskEnd> {
  const { taskId } = created;
  const asked = new Set<string>();
  const failed = new AbortController();
  const reply = async (key: string, question: InputRequest): Promise<void> => {
    const inputResponses = { [key]: await answer(question) };
    await request('tasks/update', { taskId, inputResponses });
  };
  for (let task = created; ; task = await request<DetailedTask>('tasks/get', { taskId })) {
    failed.signal.throwIfAborted();
    if (task.statusMessage !== undefined) onStatus(task.statusMessage);
    if (task.status === 'completed') return { result: { ...task.result, resultType: 'complete' } };
    if (task.status === 'failed') return { error: task.error ?? { code: -32603, message: 'The task failed.' } };
    if (task.status === 'cancelled') return { error: { code: -32603, message: 'The task was cancelled.' } };
    for (const [key, question] of Object.entries(task.inputRequests ?? {})) {
      if (asked.has(key)) continue;
      asked.add(key);
      // Not awaited: a slow answer to one agent must not hold up the others.
      reply(key, question).catch((error: unknown) => failed.abort(error));
    }
    await delay(task.pollIntervalMs ?? 1_000, undefined, { signal });
  }
}
