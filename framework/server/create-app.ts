import { createAgentRunner } from '../agent/create-agent-runner.js';
import { draftCatalog } from '../catalog/build-catalog.js';
import { BootError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { milliseconds } from '../metadata/duration.js';
import { createProtocol } from '../protocol/create-protocol.js';
import { createRequestStateCodec } from '../protocol/request-state-aes.js';
import { checkDependencies } from '../runtime/check-dependencies.js';
import { createContainer } from '../runtime/container.js';
import { createRuntime } from '../runtime/create-runtime.js';
import type { Implementation } from '../spec.js';
import { createTasks } from '../tasks/create-tasks.js';
import { MemoryTaskQueue } from '../tasks/memory-task-queue.js';
import { MemoryTaskStore } from '../tasks/memory-task-store.js';
import type { App } from './app.js';
import type { AppOptions } from './app-options.js';
import { assemble } from './assemble.js';

/**
 * Puts a server together: reads the declarations, checks everything that a start can find, and builds what serves calls.
 * The task engine starts to work at once; nothing listens until a transport serves the app.
 *
 * @throws BootError with every mistake of the app, each naming class, member and fix
 */
export async function createApp(options: AppOptions): Promise<App> {
  const parts = await assemble(options);
  const { catalog, mistakes } = draftCatalog(parts.classes);
  const handlers = handlersOf(catalog);
  const all = [...parts.mistakes, ...mistakes, ...checkDependencies(handlers, parts.providers)];
  if (all.length > 0) throw new BootError(all);

  const report = options.report ?? reportToStderr;
  const container = createContainer(parts.providers, handlers);
  const runtime = createRuntime({
    container,
    interceptors: parts.interceptors,
    runAgent: createAgentRunner(catalog),
    report,
    ...(options.model && { model: options.model }),
    ...(options.limits?.resultBytes !== undefined && { limits: { resultBytes: options.limits.resultBytes } }),
  });
  const { hold, concurrency, quota, backlog } = options.tasks ?? {};
  const tasks = createTasks({
    store: new MemoryTaskStore(),
    queue: new MemoryTaskQueue(),
    runtime,
    catalog,
    report: (error) => report(error, 'task engine'),
    limits: { ...(quota !== undefined && { perOwner: quota }), ...(backlog !== undefined && { total: backlog }) },
    ...(hold !== undefined && { hold: milliseconds(hold) }),
    ...(concurrency !== undefined && { concurrency }),
  });
  const identity = identityOf(options);
  const protocol = createProtocol({
    identity,
    catalog,
    runtime,
    tasks,
    requestState: createRequestStateCodec(options.stateKeys ? { keys: options.stateKeys } : {}),
    pageSize: options.limits?.pageSize ?? 100,
    report,
    ...(options.instructions !== undefined && { instructions: options.instructions }),
  });
  tasks.work();

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
    report,
    resolve: (token) => container.resolve(token),
    close: () => (closed ??= closeAll()),
  };
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
