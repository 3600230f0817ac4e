import { CatalogState } from '../../catalog/catalog-state.js';
import { LiveCatalog } from '../../catalog/live-catalog.js';
import type { Class } from '../../metadata/class.js';
import { TaskAccess } from '../../protocol/features/task-access.js';
import type { App } from '../app.js';
import type { AppOptions } from '../app-options.js';
import { reporter } from '../report.js';
import { SharedCatalog } from '../shared-catalog.js';
import { type StartOptions, startTask } from '../start-task.js';
import { TaskTraces } from '../task-trace.js';
import { createAppProtocol, identityOf } from './app-protocol.js';
import { createAppRuntime } from './app-runtime.js';
import { createAppTasks } from './app-tasks.js';
import { checkApp } from './check-app.js';
import { openBackend } from './open-backend.js';
import type { OpenedApp } from './opened-app.js';
import { collectParts } from './parts.js';

/**
 * Puts a server together: reads the declarations, checks everything that a start can find, and builds what serves calls.
 * Nothing listens until a transport serves the app. Tasks run here at once, unless they are kept in Redis: then they wait for
 * `startWorker`.
 *
 * @throws BootError with every mistake of the app, each naming class, member and fix; a Redis that cannot be used is looked at last
 */
export function createApp(options: AppOptions): Promise<App> {
  return createAppOn(options, openBackend);
}

/** The same, on a backend of the caller's. */
export async function createAppOn(options: AppOptions, open: typeof openBackend): Promise<App> {
  const parts = await collectParts(options);
  // Made when somebody first asks for them: by then all of the app stands.
  parts.providers.push(
    { provide: LiveCatalog, useFactory: () => catalog },
    {
      provide: TaskTraces,
      useFactory: () => new TaskTraces((principal, taskId) => access.trace(taskId, { principal })),
    },
  );
  const { draft, first, extensions } = checkApp(parts, options);

  const report = reporter(options.report);
  const backend = await open(options.tasks, (error) => report(error, 'redis'));
  const state = new CatalogState(draft, parts.classes, first);
  const share = backend.shared && new SharedCatalog(state, backend.shared, (error) => report(error, 'catalog'));
  await share?.open();
  const catalog = new LiveCatalog(state, share);

  const opened: OpenedApp = { options, parts, extensions, backend, state, report };
  const { runtime, container, pages } = createAppRuntime(opened);
  const tasks = createAppTasks(opened, runtime);
  const access = new TaskAccess({ tasks, whole: state.whole });
  const identity = identityOf(options);
  const protocol = createAppProtocol(opened, identity, { runtime, tasks });
  const { redis, work = redis ? 'elsewhere' : 'here' } = options.tasks ?? {};
  if (work === 'here') tasks.work();

  const closeAll = async (): Promise<void> => {
    protocol.close();
    share?.close();
    await tasks.close();
    for (const close of parts.closers.toReversed()) await close();
    await container.close();
  };
  let closed: Promise<void> | undefined;
  return {
    identity,
    catalog,
    tasks,
    protocol,
    ...(backend.shared && { shared: backend.shared }),
    ...(pages && { pages }),
    ...(parts.routes.length > 0 && { routes: parts.routes }),
    report,
    start: (task: Class, input: object, options: StartOptions) =>
      startTask({ catalog: state.whole, tasks }, task, input, options),
    ready: async () => closed === undefined && (await backend.ready()),
    resolve: (token) => container.resolve(token),
    close: () => (closed ??= closeAll()),
  };
}
