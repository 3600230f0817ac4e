import type { Model } from '../runtime/model.js';
import type { Class } from '../metadata/class.js';
import type { Duration } from '../metadata/options.js';
import type { Interceptor } from '../runtime/call.js';
import type { Provider } from '../runtime/provider.js';
import type { Icon } from '../spec.js';
import type { Plugin } from './plugin.js';

/** What `createApp` puts together. */
export interface AppOptions {
  /** Identifies the server to clients (`serverInfo`). */
  readonly name: string;
  readonly version: string;
  readonly title?: string;
  readonly description?: string;
  readonly websiteUrl?: string;
  readonly icons?: readonly Icon[];
  /** Tells a client's model how to use the server as a whole. */
  readonly instructions?: string;

  /** Decorated classes and plugins. Nothing is found by scanning: what is not here does not exist. */
  readonly use: readonly (Class | Plugin)[];
  /** Values, replacements and factories for the container; plain classes need no provider. */
  readonly providers?: readonly Provider[];
  /** Wrap every call, the first outermost; plugins' interceptors come after these. */
  readonly intercept?: readonly Interceptor[];

  /** The model that agents use. Default: the client's own, by sampling (SEP-1577). */
  readonly model?: Model;
  readonly tasks?: TaskEngineOptions;
  readonly limits?: Limits;

  /**
   * Keys that seal the state of multi round-trip calls, the first for sealing and all for opening; at least
   * 32 characters each. Give every process the same ones, or a retry that reaches another process is refused.
   * Default: a random key, good for as long as this process lives.
   */
  readonly stateKeys?: readonly string[];
  /**
   * Receives every error that a client is shown only a reference of. Default: writes it to stderr.
   */
  readonly report?: (error: unknown, reference: string) => void;
}

/** How the task engine behaves; the store and the queue are in memory. */
export interface TaskEngineOptions {
  /** How long a task that only waits stays in memory before it gives its worker back. Default `'10s'`. */
  readonly hold?: Duration;
  /** The most tasks that run at a time in this process. Default 100: most of their time they wait. */
  readonly concurrency?: number;
  /** The most live tasks that one owner may have. Default 100. */
  readonly quota?: number;
  /** The most live tasks altogether. Default 10,000. */
  readonly backlog?: number;
}

/** Bounds on what goes in and out. */
export interface Limits {
  /** The most bytes of one result. Default 1 MiB. */
  readonly resultBytes?: number;
  /** Entries on a page of a list. Default 100. */
  readonly pageSize?: number;
}
