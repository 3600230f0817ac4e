import type { Catalog, ScheduleSettings, ToolEntry } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { Principal } from '../runtime/principal.js';
import type { Json } from '../spec.js';
import type { TaskRecord } from './task-record.js';
import type { Transition } from './task-store.js';
import { NO_CLIENT, type Tasks } from './tasks.js';

/** A task that starts by itself, and when. */
export interface ScheduledTask {
  readonly tool: string;
  readonly schedule: ScheduleSettings;
}

/** The tasks of a catalog that start by themselves, for a queue that can tell the time. */
export function scheduledTasks(catalog: Catalog): readonly ScheduledTask[] {
  return [...catalog.tools.values()].flatMap(({ name, task }) =>
    task?.schedule ? [{ tool: name, schedule: task.schedule }] : [],
  );
}

/**
 * Creates the task of one firing. `firing` names it, such as its time: a firing that is told twice, by several processes
 * or after a crash, makes one task.
 * @throws PerduraError `NOT_SCHEDULED`
 */
export async function fireTask(
  entry: ToolEntry | undefined,
  firing: string,
  tasks: Pick<Tasks, 'create'>,
): Promise<Transition<TaskRecord>> {
  const schedule = entry?.task?.schedule;
  if (!entry || !schedule) throw PerduraError.of('NOT_SCHEDULED', entry?.name ?? 'unknown');
  const args = JSON.parse(JSON.stringify(schedule.input)) as Json;
  return tasks.create({
    ...{ entry, args, principal: servicePrincipal(schedule.owner), idempotencyKey: `firing:${firing}` },
    ...NO_CLIENT,
  });
}

/** Whom scheduled tasks belong to: a service of the server's own, which no token of a user's can name. */
const servicePrincipal = (owner: string): Principal => ({ owner: `service:${owner}`, scopes: [] });
