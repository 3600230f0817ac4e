import type { Class } from '../metadata/class.js';
import type { Interceptor } from '../runtime/call.js';
import type { Provider } from '../runtime/provider.js';
import type { TaskEvent } from '../tasks/task-events.js';

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
  /** Runs when the app closes, in reverse order. */
  onClose(close: () => void | Promise<void>): void;
}

/** A value that adds to an app: put it into `createApp({ use })`. */
export interface Plugin {
  readonly name: string;
  setup(host: PluginHost): void | Promise<void>;
}
