import { createAgentRunner } from '../../agent/create-agent-runner.js';
import { aroundModels } from '../../runtime/agents/model-interceptor.js';
import { type Container, createContainer } from '../../runtime/container/container.js';
import { createRuntime } from '../../runtime/create-runtime.js';
import type { Runtime } from '../../runtime/runtime.js';
import { AppPages } from '../pages/app-pages.js';
import { MemoryPageStore } from '../pages/memory-page-store.js';
import { handlersOf } from './draft-app.js';
import type { OpenedApp } from './opened-app.js';

/** What runs the calls of an app, and what these reach beside the protocol. */
export interface AppRuntime {
  readonly runtime: Runtime;
  readonly container: Container;
  readonly pages: AppPages | undefined;
}

/** Makes what runs calls; no class of the app's is made before a call needs it. */
export function createAppRuntime({ options, parts, backend, state, report }: OpenedApp): AppRuntime {
  const container = createContainer(parts.providers, { has: (target) => handlersOf(state.whole).includes(target) });
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
  return { runtime, container, pages };
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
