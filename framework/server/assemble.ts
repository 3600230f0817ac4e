import { described, isClass } from '../catalog/check-classes.js';
import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { AgentEvent } from '../runtime/agents/agent-events.js';
import type { Interceptor } from '../runtime/call.js';
import type { GivenExtension } from '../protocol/extensions/check-extensions.js';
import type { ModelInterceptor } from '../runtime/agents/model-interceptor.js';
import { isProvider } from '../runtime/container/is-provider.js';
import type { Provider } from '../runtime/container/provider.js';
import type { MakingInterceptor } from '../tasks/task-making.js';
import type { TaskEvent } from '../tasks/task-events.js';
import type { Route } from './app.js';
import type { AppOptions } from './app-options.js';
import { wrongRoutes } from './check-routes.js';
import type { Offered, Plugin, PluginHost } from './plugin.js';

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
  readonly mistakes: PerduraError[] = [];
}

const PROVIDER =
  'an object with provide (a class, a text or a symbol) and one of useValue, useClass (a class) and useFactory (a function)';

/** Lets every plugin add its parts, in the order of `use`. */
export async function assemble(options: AppOptions): Promise<Parts> {
  const parts = new Parts();
  const { classes, providers, interceptors, routes, mistakes } = parts;
  const listOf = <T>(option: string, given: readonly T[], of: string): readonly T[] => {
    if (Array.isArray(given)) return given;
    mistakes.push(PerduraError.of('INVALID_OPTION', option, described(given), `a list of ${of}`));
    return [];
  };
  const accepted = <T>(place: string, given: readonly T[], holds: (one: unknown) => boolean, what: string): T[] =>
    given.filter((one, index) => {
      const isRight = holds(one);
      if (!isRight) mistakes.push(PerduraError.of('INVALID_OPTION', `${place}[${index}]`, described(one), what));
      return isRight;
    });
  const around = listOf('intercept', options.intercept ?? [], 'interceptors');
  const isFunction = (one: unknown): boolean => typeof one === 'function';
  interceptors.push(...accepted('intercept', around, isFunction, 'an interceptor: a function of the call and of next'));
  const hostOf = (plugin: string): PluginHost => ({
    use: (...added) => void classes.push(...added),
    provide: (...added) => void providers.push(...accepted(`plugin "${plugin}": provide`, added, isProvider, PROVIDER)),
    intercept: (interceptor) => void interceptors.push(interceptor),
    onTransition: (listener) => void parts.listeners.push(listener),
    onAgentEvent: (listener) => void parts.agentListeners.push(listener),
    interceptModel: (interceptor) => void parts.modelInterceptors.push(interceptor),
    interceptMaking: (interceptor) => void parts.makingInterceptors.push(interceptor),
    extension: (extension) => void parts.extensions.push({ plugin, extension }),
    route: (path, answer) => void routes.push({ plugin, path, answer }),
    mistake: (sentence) => void mistakes.push(PerduraError.of('PLUGIN_MISTAKE', plugin, sentence)),
    check: (look) => void parts.checks.push(look),
    onClose: (close) => void parts.closers.push(close),
  });

  const plugins = new Set<string>();
  for (const [index, part] of listOf('use', options.use, 'decorated classes and plugins').entries()) {
    if (isPlugin(part)) {
      if (plugins.has(part.name)) mistakes.push(PerduraError.of('PLUGIN_TWICE', part.name));
      plugins.add(part.name);
      await part.setup(hostOf(part.name));
    } else if (isClass(part)) classes.push(part);
    // Here, where its place in the list is still known.
    else mistakes.push(PerduraError.of('NOT_A_CLASS', `Item #${index} of createApp({ use })`, described(part)));
  }
  // The last one for a token counts: an app can replace what its plugins provide.
  const own = listOf('providers', options.providers ?? [], 'providers');
  providers.push(...accepted('providers', own, isProvider, PROVIDER));
  mistakes.push(...wrongRoutes(routes));
  return parts;
}

function isPlugin(part: Class | Plugin): part is Plugin {
  return typeof part === 'object' && part !== null && typeof part.setup === 'function';
}
