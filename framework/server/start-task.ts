import { taskOf } from '../catalog/task-of.js';
import type { Catalog } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { milliseconds } from '../metadata/duration.js';
import type { ChildOptions } from '../runtime/context.js';
import { journalValue } from '../runtime/journal/journal-value.js';
import { issueList } from '../runtime/results/issues.js';
import type { ClientCapabilities, Json } from '../spec.js';
import { NO_CLIENT, type Tasks, TOO_MANY_RETRY } from '../tasks/tasks.js';

/** Whose task it is that code of the app's own starts, and how it is told from others. */
export interface StartOptions extends ChildOptions {
  /** Who finds it with `tasks/get` and may cancel it: a user as `authenticate` names them, or a name for the app itself. */
  readonly owner: string;
  /**
   * What the task may ask, as a client declares it: `{ elicitation: { form: {} } }` lets it await the user. The question waits for a client of the
   * owner's that looks at the task and can be asked this, or for `tasks.answer` of the app's. Default: nobody is there to be asked.
   */
  readonly asks?: ClientCapabilities;
  /** Starts of one owner with the same key make one task. Default: what the task's own `idempotencyKey` makes of the input. */
  readonly idempotencyKey?: string;
}

/** `app.start`: makes a task without a request, and resolves with its id. */
export async function startTask(
  { catalog, tasks }: { readonly catalog: Catalog; readonly tasks: Pick<Tasks, 'create'> },
  target: Class,
  input: object,
  { owner, name, ttl, asks, idempotencyKey }: StartOptions,
): Promise<string> {
  const entry = taskOf(catalog, target, name);
  if (typeof owner !== 'string' || owner === '') throw PerduraError.of('NO_TASK_OWNER', entry.name);
  const args = (journalValue(input, `task:${entry.name}`) ?? {}) as Json;
  const checked = await entry.input.validate(args);
  if (!checked.ok) throw PerduraError.of('INVALID_TASK_INPUT', entry.name, issueList(checked.issues));
  const made = await tasks.create({
    ...{ entry, args, principal: { owner, scopes: [] } },
    ...NO_CLIENT,
    ...(asks && { client: { capabilities: journalValue(asks, 'asks') as ClientCapabilities } }),
    ...(ttl !== undefined && { ttl: milliseconds(ttl) }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });
  if (!made.ok) throw PerduraError.of('TOO_MANY_TASKS', entry.name, made.reason, TOO_MANY_RETRY);
  return made.value.taskId;
}
