import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { Catalog, ToolEntry } from './catalog.js';

/**
 * The task that stands on a class; the one of that name, where it has several.
 * @throws PerduraError `UNKNOWN_TASK`
 */
export function taskOf(catalog: Catalog | undefined, target: Class, name: string | undefined): ToolEntry {
  const tasks = [...(catalog?.tools.values() ?? [])].filter(
    (entry) => entry.target === target && entry.task && (name === undefined || entry.name === name),
  );
  const [entry] = tasks;
  if (!entry || tasks.length > 1) throw PerduraError.of('UNKNOWN_TASK', target.name, name ?? '', tasks.length);
  return entry;
}
