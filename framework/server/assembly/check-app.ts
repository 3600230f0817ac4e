import { type Draft, type DraftCatalog } from '../../catalog/build-catalog.js';
import type { Catalog } from '../../catalog/catalog.js';
import { BootError, PerduraError } from '../../errors.js';
import { checkExtensions } from '../../protocol/extensions/check-extensions.js';
import type { CheckedExtension } from '../../protocol/extensions/served-extension.js';
import { scheduledTasks } from '../../tasks/fire-task.js';
import type { AppOptions } from '../app-options.js';
import { wrongOptions } from './check-options.js';
import { draftFor, offeredBy } from './draft-app.js';
import type { Parts } from './parts.js';

/** An app without a mistake, of which nothing is open yet. */
export interface CheckedApp {
  /** Puts classes together, now and whenever some are added or removed. */
  readonly draft: DraftCatalog;
  readonly first: Draft;
  readonly extensions: readonly CheckedExtension[];
}

/**
 * Checks everything that can be checked before something is opened.
 *
 * @throws BootError with every mistake of the app
 */
export function checkApp(parts: Parts, options: AppOptions): CheckedApp {
  const draft = draftFor(parts.providers, options.pages?.classes);
  const first = draft(parts.classes);
  const { extensions, mistakes: wrongExtensions } = checkExtensions(parts.extensions);
  for (const check of parts.checks) check(offeredBy(first.catalog));
  const mistakes = [
    ...parts.mistakes.found,
    ...first.mistakes,
    ...wrongExtensions,
    ...wrongOptions(options),
    ...wrongSchedules(first.catalog, options),
  ];
  if (mistakes.length > 0) throw new BootError(mistakes);
  return { draft, first, extensions };
}

/** A schedule in memory would end with its process, and run in each of several. */
function wrongSchedules(catalog: Catalog, { tasks }: AppOptions): PerduraError[] {
  if (tasks?.redis) return [];
  return scheduledTasks(catalog).map(({ tool }) => PerduraError.of('SCHEDULE_NEEDS_REDIS', tool));
}
