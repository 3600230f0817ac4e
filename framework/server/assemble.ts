import { described, isClass } from '../catalog/check-classes.js';
import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { AgentEvent } from '../runtime/agents/agent-events.js';
import type { Interceptor } from '../runtime/call.js';
import type { GivenExtension } from '../protocol/extensions/check-extensions.js';
import type { ModelInterceptor } from '../runtime/agents/model-interceptor.js';
import type { Provider } from '../runtime/container/provider.js';
import type { MakingInterceptor } from '../tasks/task-making.js';
import type { TaskEvent } from '../tasks/task-events.js';
import type { AppOptions } from './app-options.js';
import type { Offered, Plugin, PluginHost } from './plugin.js';

/** What the options and the plugins come to, in order. */
export interface Parts {
  readonly classes: readonly Class[];
  readonly providers: readonly Provider[];
  readonly interceptors: readonly Interceptor[];
  readonly listeners: readonly ((event: TaskEvent) => void)[];
  readonly agentListeners: readonly ((event: AgentEvent) => void)[];
  readonly modelInterceptors: readonly ModelInterceptor[];
  readonly makingInterceptors: readonly MakingInterceptor[];
  readonly extensions: readonly GivenExtension[];
  readonly closers: readonly (() => void | Promise<void>)[];
  readonly checks: readonly ((offered: Offered) => void)[];
  /** Grows while `checks` run. */
  readonly mistakes: readonly PerduraError[];
}

/** Lets every plugin add its parts, in the order of `use`. */
export async function assemble(options: AppOptions): Promise<Parts> {
  const classes: Class[] = [];
  const providers: Provider[] = [];
  const mistakes: PerduraError[] = [];
  const listOf = <T>(option: string, given: readonly T[], of: string): readonly T[] => {
    if (Array.isArray(given)) return given;
    mistakes.push(PerduraError.of('INVALID_OPTION', option, described(given), `a list of ${of}`));
    return [];
  };
  const interceptors: Interceptor[] = [...listOf('intercept', options.intercept ?? [], 'interceptors')];
  const listeners: ((event: TaskEvent) => void)[] = [];
  const agentListeners: ((event: AgentEvent) => void)[] = [];
  const modelInterceptors: ModelInterceptor[] = [];
  const makingInterceptors: MakingInterceptor[] = [];
  const closers: (() => void | Promise<void>)[] = [];
  const extensions: GivenExtension[] = [];
  const checks: ((offered: Offered) => void)[] = [];
  const hostOf = (plugin: string): PluginHost => ({
    use: (...added) => void classes.push(...added),
    provide: (...added) => void providers.push(...added),
    intercept: (interceptor) => void interceptors.push(interceptor),
    onTransition: (listener) => void listeners.push(listener),
    onAgentEvent: (listener) => void agentListeners.push(listener),
    interceptModel: (interceptor) => void modelInterceptors.push(interceptor),
    interceptMaking: (interceptor) => void makingInterceptors.push(interceptor),
    extension: (extension) => void extensions.push({ plugin, extension }),
    mistake: (sentence) => void mistakes.push(PerduraError.of('PLUGIN_MISTAKE', plugin, sentence)),
    check: (look) => void checks.push(look),
    onClose: (close) => void closers.push(close),
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
  providers.push(...listOf('providers', options.providers ?? [], 'providers'));
  const told = { listeners, agentListeners, modelInterceptors, makingInterceptors };
  return { classes, providers, interceptors, ...told, extensions, closers, checks, mistakes };
}

function isPlugin(part: Class | Plugin): part is Plugin {
  return typeof part === 'object' && part !== null && typeof part.setup === 'function';
}
