import { described, isClass } from '../../catalog/check-classes.js';
import { Mistakes } from '../../catalog/mistakes.js';
import type { Class } from '../../metadata/class.js';
import type { AgentEvent } from '../../runtime/agents/agent-events.js';
import type { Interceptor } from '../../runtime/call.js';
import type { GivenExtension } from '../../protocol/extensions/check-extensions.js';
import type { ModelInterceptor } from '../../runtime/agents/model-interceptor.js';
import { isProvider } from '../../runtime/container/is-provider.js';
import type { Provider } from '../../runtime/container/provider.js';
import type { MakingInterceptor } from '../../tasks/task-making.js';
import type { TaskEvent } from '../../tasks/task-events.js';
import type { Route } from '../app.js';
import type { AppOptions } from '../app-options.js';
import { wrongRoutes } from '../check-routes.js';
import type { Offered, Plugin, PluginHost } from '../plugin.js';

/** What the options and the plugins come to, in order. */
export class Parts {
  readonly classes: Class[] = [];
  readonly providers: Provider[] = [];
  readonly interceptors: Interceptor[] = [];
  readonly listeners: ((event: TaskEvent) => void)[] = [];
  readonly agentListeners: ((event: AgentEvent) => void)[] = [];
  readonly modelInterceptors: ModelInterceptor[] = [];
  readonly makingInterceptors: MakingInterceptor[] = [];
  readonly extensions: GivenExtension[] = [];
  readonly routes: Route[] = [];
  readonly closers: (() => void | Promise<void>)[] = [];
  readonly checks: ((offered: Offered) => void)[] = [];
  /** Grows while `checks` run. */
  readonly mistakes = new Mistakes();
}

const INTERCEPTOR = 'an interceptor: a function of the call and of next';
const PROVIDER =
  'an object with provide (a class, a text or a symbol) and one of useValue, useClass (a class) and useFactory (a function)';

/** Collects what the options name, and lets every plugin add to it, in the order of `use`. */
export async function collectParts(options: AppOptions): Promise<Parts> {
  const parts = new Parts();
  const { classes, providers, interceptors, routes, mistakes } = parts;
  const around = listOf('intercept', options.intercept ?? [], 'interceptors', mistakes);
  interceptors.push(...accepted('intercept', around, isFunction, INTERCEPTOR, mistakes));

  const plugins = new Set<string>();
  for (const [index, part] of listOf('use', options.use, 'decorated classes and plugins', mistakes).entries()) {
    if (isPlugin(part)) {
      if (plugins.has(part.name)) mistakes.add('PLUGIN_TWICE', part.name);
      plugins.add(part.name);
      await part.setup(hostOf(part.name, parts));
    } else if (isClass(part)) classes.push(part);
    // Here, where its place in the list is still known.
    else mistakes.add('NOT_A_CLASS', `Item #${index} of createApp({ use })`, described(part));
  }
  // The last one for a token counts: an app can replace what its plugins provide.
  const own = listOf('providers', options.providers ?? [], 'providers', mistakes);
  providers.push(...accepted('providers', own, isProvider, PROVIDER, mistakes));
  mistakes.found.push(...wrongRoutes(routes));
  return parts;
}

function hostOf(plugin: string, parts: Parts): PluginHost {
  const place = `plugin "${plugin}": provide`;
  return {
    use: (...added) => void parts.classes.push(...added),
    provide: (...added) => void parts.providers.push(...accepted(place, added, isProvider, PROVIDER, parts.mistakes)),
    intercept: (interceptor) => void parts.interceptors.push(interceptor),
    onTransition: (listener) => void parts.listeners.push(listener),
    onAgentEvent: (listener) => void parts.agentListeners.push(listener),
    interceptModel: (interceptor) => void parts.modelInterceptors.push(interceptor),
    interceptMaking: (interceptor) => void parts.makingInterceptors.push(interceptor),
    extension: (extension) => void parts.extensions.push({ plugin, extension }),
    route: (path, answer) => void parts.routes.push({ plugin, path, answer }),
    mistake: (sentence) => parts.mistakes.add('PLUGIN_MISTAKE', plugin, sentence),
    check: (look) => void parts.checks.push(look),
    onClose: (close) => void parts.closers.push(close),
  };
}

function listOf<T>(option: string, given: readonly T[], of: string, mistakes: Mistakes): readonly T[] {
  if (Array.isArray(given)) return given;
  mistakes.add('INVALID_OPTION', option, described(given), `a list of ${of}`);
  return [];
}

function accepted<T>(
  place: string,
  given: readonly T[],
  holds: (one: unknown) => boolean,
  what: string,
  mistakes: Mistakes,
): T[] {
  return given.filter((one, index) => {
    const isRight = holds(one);
    if (!isRight) mistakes.add('INVALID_OPTION', `${place}[${index}]`, described(one), what);
    return isRight;
  });
}

const isFunction = (one: unknown): boolean => typeof one === 'function';

function isPlugin(part: Class | Plugin): part is Plugin {
  return typeof part === 'object' && part !== null && typeof part.setup === 'function';
}
