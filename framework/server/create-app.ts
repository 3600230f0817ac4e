import { createAgentRunner } from '../agent/create-agent-runner.js';
import { draftCatalog } from '../catalog/build-catalog.js';
import { BootError, PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { createProtocol } from '../protocol/create-protocol.js';
import { createRequestStateCodec } from '../protocol/request-state-aes.js';
import { checkDependencies } from '../runtime/check-dependencies.js';
import { createContainer } from '../runtime/container.js';
import { createRuntime } from '../runtime/create-runtime.js';
import type { Implementation } from '../spec.js';
import { createTasks } from '../tasks/create-tasks.js';
import { scheduledTasks } from '../tasks/fire-task.js';
import type { App } from './app.js';
import type { AppOptions, TaskEngineOptions } from './app-options.js';
import { assemble } from './assemble.js';
import { engineOptions } from './engine-options.js';
import type { Backend } from './backend.js';
import { memoryBackend, redisBackend } from './open-backend.js';

/**
 * Puts a server together: reads the declarations, checks everything that a start can find, and builds what serves calls.
 * Nothing listens until a transport serves the app. Tasks run here at once, unless they are kept in Redis: then they wait for
 * `startWorker`.
 *
 * @throws BootError with every mistake of the app, each naming class, member and fix
 */
export async function createApp(options: AppOptions): Promise<App> {
  const parts = await assemble(options);
  const { catalog, mistakes } = draftCatalog(parts.classes);
  const handlers = handlersOf(catalog);
  const all = [
    ...parts.mistakes,
    ...mistakes,
    ...checkDependencies(handlers, parts.providers),
    ...wrongPlace(options.tasks),
    ...(options.tasks?.redis
      ? []
      : scheduledTasks(catalog).map(({ tool }) => PerduraError.of('SCHEDULE_NEEDS_REDIS', tool))),
  ];
  if (all.length > 0) throw new BootError(all);

  const report = options.report ?? reportToStderr;
  // Checks the keys, so it comes before anything that would have to be closed again.
  const ownState = options.stateKeys && createRequestStateCodec({ keys: options.stateKeys });
  const backend = await openBackend(options.tasks, (error) => report(error, 'redis'));
  const container = createContainer(parts.providers, handlers);
  const runtime = createRuntime({
    container,
    interceptors: parts.interceptors,
    runAgent: createAgentRunner(catalog),
    catalog,
    report,
    ...(options.model && { model: options.model }),
    ...(options.limits?.resultBytes !== undefined && { limits: { resultBytes: options.limits.resultBytes } }),
  });
  const { redis, work = redis ? 'elsewhere' : 'here' } = options.tasks ?? {};
  const tasks = createTasks({
    store: backend.store,
    queue: backend.queue,
    ...(backend.schedules && { schedules: backend.schedules }),
    runtime,
    catalog,
    report: (error) => report(error, 'task engine'),
    listeners: parts.listeners,
    ...engineOptions(options.tasks),
  });
  const identity = identityOf(options);
  const protocol = createProtocol({
    identity,
    catalog,
    runtime,
    tasks,
    requestState:
      ownState ?? createRequestStateCodec(backend.stateKey === undefined ? {} : { keys: [backend.stateKey] }),
    pageSize: options.limits?.pageSize ?? 100,
    report,
    ...(backend.shared && { place: backend.shared.post.address }),
    ...(options.instructions !== undefined && { instructions: options.instructions }),
  });
  if (work === 'here') tasks.work();

  const closeAll = async (): Promise<void> => {
    protocol.close();
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
    report,
    ready: async () => closed === undefined && (await backend.ready()),
    resolve: (token) => container.resolve(token),
    close: () => (closed ??= closeAll()),
  };
}

async function openBackend(options: TaskEngineOptions = {}, report: (error: unknown) => void): Promise<Backend> {
  if (!options.redis) return memoryBackend();
  try {
    return await redisBackend(options.redis, report);
  } catch (error) {
    // A refusal of the store's has a code and a fix like every mistake of the app.
    throw (error as Error).name === 'PerduraError' ? new BootError([error as PerduraError]) : error;
  }
}

function wrongPlace({ redis, work }: TaskEngineOptions = {}): PerduraError[] {
  return !redis && work === 'elsewhere' ? [PerduraError.of('WORK_ELSEWHERE')] : [];
}

function handlersOf(catalog: ReturnType<typeof draftCatalog>['catalog']): readonly Class[] {
  const entries = [
    ...catalog.tools.values(),
    ...catalog.resources.values(),
    ...catalog.templates,
    ...catalog.prompts.values(),
    ...[...catalog.agents.values()].flatMap((agent) => [...agent.tools.values()]),
  ];
  return [...new Set(entries.map(({ target }) => target))];
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

function reportToStderr(error: unknown, reference: string): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`perdura: error ${reference}\n${text}\n`);
}
