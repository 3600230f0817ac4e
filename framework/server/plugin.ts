import type { Class } from '../metadata/class.js';
import type { Extension } from '../protocol/extensions/extension.js';
import type { AgentEvent } from '../runtime/agents/agent-events.js';
import type { Interceptor } from '../runtime/call.js';
import type { ModelInterceptor } from '../runtime/agents/model-interceptor.js';
import type { Provider } from '../runtime/container/provider.js';
import type { Prompt, Resource, ResourceTemplate, Tool } from '../spec.js';
import type { MakingInterceptor } from '../tasks/task-making.js';
import type { TaskEvent } from '../tasks/task-events.js';
import type { RouteHandler } from './app.js';

/** What a plugin may add to an app while it is put together. */
export interface PluginHost {
  /** Adds decorated classes to the catalog. */
  use(...classes: readonly Class[]): void;
  /** Adds providers to the app's container. */
  provide(...providers: readonly Provider[]): void;
  /** Wraps every call; interceptors run in the order in which they were added, the first outermost. */
  intercept(interceptor: Interceptor): void;
  /**
   * Told of everything that this process does to tasks, as it happens; not of what other processes do. For logs, metrics and
   * traces: it gets names, numbers and times, and what it throws goes to `report`.
   */
  onTransition(listener: (event: TaskEvent) => void): void;
  /** Told of every turn and tool call of the agents that run in this process, in the same way. */
  onAgentEvent(listener: (event: AgentEvent) => void): void;
  /** Wraps every request that agents make of their models; the first added is the outermost. */
  interceptModel(interceptor: ModelInterceptor): void;
  /** Wraps the making of every task in this process; the first added is the outermost. */
  interceptMaking(interceptor: MakingInterceptor): void;
  /** Adds an extension of the protocol: capabilities, request methods and notifications (SEP-2133). */
  extension(extension: Extension): void;
  /**
   * Answers requests for `path`, and for all below it, wherever the app is served over HTTP: with the same guards for `Host`, network and
   * bodies. A page of another origin may not call it, nor read what it answers; who may is for the handler to say. What it throws goes
   * to `report`.
   */
  route(path: string, answer: RouteHandler): void;
  /**
   * Tells of something that is wrong with the plugin's options or files. The app does not start, and says it together with
   * every other mistake (`PLUGIN_MISTAKE`); let the sentence end with the fix.
   */
  mistake(sentence: string): void;
  /**
   * Calls `look` once, before the app starts, with all that it offers: to tell by {@link PluginHost.mistake} what does not go
   * together.
   */
  check(look: (offered: Offered) => void): void;
  /** Runs when the app closes, in reverse order. */
  onClose(close: () => void | Promise<void>): void;
}

/** Everything that an app offers at its start, as lists show it. */
export interface Offered {
  readonly tools: readonly Tool[];
  readonly resources: readonly Resource[];
  readonly resourceTemplates: readonly ResourceTemplate[];
  readonly prompts: readonly Prompt[];
}

/** A value that adds to an app: put it into `createApp({ use })`. */
export interface Plugin {
  readonly name: string;
  setup(host: PluginHost): void | Promise<void>;
}
