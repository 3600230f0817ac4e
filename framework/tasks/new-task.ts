import { randomBytes } from 'node:crypto';
import type { ToolEntry } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { NewTask } from './task-store.js';
import type { TaskRequest } from './tasks.js';

const ID_BYTES = 32;
/** A call of the generator costs as much for many as for one. */
const AT_ONCE = 128;
let pool = Buffer.alloc(0);
let used = 0;

/** A shorter life would end before its client has polled once. */
const LEAST_TTL = 1000;

/**
 * What the store makes a task from.
 * @throws PerduraError `NOT_A_TASK` where the entry is a plain tool
 */
export async function newTask(request: TaskRequest): Promise<NewTask> {
  const { entry, args, principal, client, revision, ttl, traceparent, begun } = request;
  if (!entry.task) throw PerduraError.of('NOT_A_TASK', entry.name);
  const { ttl: most, resultTtl, pollInterval } = entry.task;
  const own = request.idempotencyKey ?? (await keyOf(entry, args));
  const idempotencyKey = own ?? (begun && `call:${begun.callId}`);
  return {
    taskId: begun?.callId ?? newTaskId(),
    owner: principal.owner,
    principal,
    tool: entry.name,
    args,
    revision,
    client,
    ttl: Math.min(most, Math.max(LEAST_TTL, ttl ?? most)),
    pollInterval,
    ...(resultTtl !== undefined && { resultTtl }),
    ...(traceparent !== undefined && { traceparent }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(begun && { journal: begun.journal }),
  };
}

/** 256 bits: whoever cannot be told apart from others is kept out by not knowing the id. */
export function newTaskId(): string {
  if (used === pool.length) [pool, used] = [randomBytes(AT_ONCE * ID_BYTES), 0];
  return pool.toString('base64url', used, (used += ID_BYTES));
}

async function keyOf({ task, input }: ToolEntry, args: unknown): Promise<string | undefined> {
  if (!task?.idempotencyKey) return undefined;
  const checked = await input.validate(args);
  // Input that does not fit has no key; the call's result says what is wrong with it.
  return checked.ok ? task.idempotencyKey(checked.value as never) : undefined;
}
