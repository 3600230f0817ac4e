import { createAgentRunner } from '../agent/create-agent-runner.js';
import { LiveCatalog } from '../catalog/live-catalog.js';
import { CatalogState } from '../catalog/catalog-state.js';
import { BootError, PerduraError } from '../errors.js';
import { checkExtensions } from '../protocol/extensions/check-extensions.js';
import { createCursors } from '../protocol/sealed/cursors.js';
import { createProtocol } from '../protocol/create-protocol.js';
import { Admission } from '../protocol/admission.js';
import { TaskAccess } from '../protocol/features/task-access.js';
import { createRequestStateCodec } from '../protocol/sealed/request-state-aes.js';
import { milliseconds } from '../metadata/duration.js';
import type { Class } from '../metadata/class.js';
import { createContainer } from '../runtime/container/container.js';
import { createRuntime } from '../runtime/create-runtime.js';
import { aroundModels } from '../runtime/agents/model-interceptor.js';
import type { Provider } from '../runtime/container/provider.js';
import type { Implementation } from '../spec.js';
import { createTasks } from '../tasks/create-tasks.js';
import { scheduledTasks } from '../tasks/fire-task.js';
import type { App } from './app.js';
import type { AppOptions } from './app-options.js';
import { AppPages } from './app-pages.js';
import { assemble } from './assemble.js';
import { wrongOptions } from './check-options.js';
import { draftFor, handlersOf, offeredBy } from './draft-app.js';
import { engineOptions } from './engine-options.js';
import { openBackend } from './open-backend.js';
import { MemoryPageStore } from './page-store.js';
import { reporter } from './report.js';
import { SharedCatalog } from './shared-catalog.js';
import { type StartOptions, startTask } from './start-task.js';
import { TaskTraces } from './task-trace.js';

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
  const parts = await assemble(options);
  const providers: Provider[] = [
    ...parts.providers,
    { provide: LiveCatalog, useFactory: () => catalog },
    {
      provide: TaskTraces,
      useFactory: () => new TaskTraces((principal, taskId) => access.trace(taskId, { principal })),
    },
  ];
  const draft = draftFor(providers, options.pages?.classes);
  const first = draft(parts.classes);
  const { extensions, mistakes: wrongExtensions } = checkExtensions(parts.extensions);
  for (const check of parts.checks) check(offeredBy(first.catalog));
  const all = [
    ...parts.mistakes,
    ...first.mistakes,
    ...wrongExtensions,
    ...wrongOptions(options),
    ...(options.tasks?.redis
      ? []
      : scheduledTasks(first.catalog).map(({ tool }) => PerduraError.of('SCHEDULE_NEEDS_REDIS', tool))),
  ];
  if (all.length > 0) throw new BootError(all);

  const report = reporter(options.report);
  // Checks the keys, so it comes before anything that would have to be closed again.
  const life = options.stateTtl === undefined ? {} : { ttl: milliseconds(options.stateTtl) };
  const admission = new Admission(options.limits);
  const ownState = options.stateKeys && createRequestStateCodec({ keys: options.stateKeys, ...life });
  const backend = await open(options.tasks, (error) => report(error, 'redis'));
  const state = new CatalogState(draft, parts.classes, first);
  const share = backend.shared && new SharedCatalog(state, backend.shared, (error) => report(error, 'catalog'));
  await share?.open();
  const catalog = new LiveCatalog(state, share);
  const container = createContainer(providers, { has: (target) => handlersOf(state.whole).includes(target) });
  const pages =
    options.pages &&
    new AppPages(options.pages, backend.shared?.pages ?? new MemoryPageStore(), (page) => container.resolve(page));
  const runtime = createRuntime({
    container,
    interceptors: parts.interceptors,
    runAgent: createAgentRunner(state.whole),
    catalog: state.whole,
    pages,
    model: options.model,
    aroundModel: aroundModels(parts.modelInterceptors),
    onAgentEvent: tellAll(parts.agentListeners, (error) => report(error, 'agent events')),
    resultBytes: options.limits?.resultBytes,
    report,
  });
  const { redis, work = redis ? 'elsewhere' : 'here' } = options.tasks ?? {};
  const tasks = createTasks({
    store: backend.store,
    queue: backend.queue,
    ...(backend.schedules && { schedules: backend.schedules }),
    runtime,
    catalog: state.whole,
    report: (error) => report(error, 'task engine'),
    listeners: parts.listeners,
    around: parts.makingInterceptors,
    ...engineOptions(options.tasks),
    ...backend.engine,
  });
  const access = new TaskAccess({ tasks, whole: state.whole });
  const identity = identityOf(options);
  const protocol = createProtocol({
    identity,
    catalog: state.offered,
    whole: state.whole,
    onChange: (listener) => state.onChange(listener),
    runtime,
    tasks,
    extensions,
    requestState:
      ownState ??
      createRequestStateCodec(backend.stateKey === undefined ? life : { keys: [backend.stateKey], ...life }),
    cursors: createCursors(options.stateKeys ?? (backend.stateKey === undefined ? undefined : [backend.stateKey])),
    admission,
    pageSize: options.limits?.pageSize ?? 100,
    subscriptionsPerOwner: options.limits?.subscriptions ?? 8,
    report,
    ...(backend.shared && { place: backend.shared.post.address }),
    ...(options.instructions !== undefined && { instructions: options.instructions }),
  });
  if (work === 'here') tasks.work();

  const closeAll = async (): Promise<void> => {
    protocol.close();
    share?.close();
    await tasks.close();
    for (const closer of parts.closers.toReversed()) await closer();
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

/** Tells every listener; none can disturb an agent, or another listener. */
function tellAll<E>(listeners: readonly ((event: E) => void)[], failed: (error: unknown) => void): (event: E) => void {
  return (event) => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        failed(error);
      }
    }
  };
}

function identityOf({ name, version, title, description, websiteUrl, icons }: AppOptions): Implementation {
  return {
    name,
    version,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(websiteUrl !== undefined && { websiteUrl }),
    ...(icons && { icons: [...icons] }),
  };
}
