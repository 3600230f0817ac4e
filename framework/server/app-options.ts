import type { ModelChoice } from '../metadata/model.js';
import type { Class } from '../metadata/class.js';
import type { Duration } from '../metadata/options.js';
import type { SchemaSource } from '../metadata/schema-source.js';
import type { RateLimits } from '../protocol/rates.js';
import type { Interceptor } from '../runtime/call.js';
import type { Provider } from '../runtime/container/provider.js';
import type { Icon } from '../spec.js';
import type { RedisAddress } from '../tasks/redis/connections.js';
import type { PageOptions } from './pages/app-pages.js';
import type { Plugin } from './plugin.js';

type RedisOptions = Omit<Exclude<RedisAddress, string>, 'keyPrefix'>;

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

  /** The model that agents use which choose none. Default: `'client'`, the client's own, by sampling (SEP-1577). */
  readonly model?: ModelChoice;
  readonly tasks?: TaskEngineOptions;
  /**
   * The forms that handlers ask by (`ctx.elicit`), for the start to check: one with a field that looks like a secret, or that no
   * form can show, is a mistake of the app. One that is not listed is refused when it is first asked by.
   */
  readonly forms?: readonly SchemaSource[];
  /** The pages of `ctx.elicitUrl`. */
  readonly pages?: PageOptions;
  readonly limits?: Limits;

  /**
   * Keys that seal the state of multi round-trip calls, the first for sealing and all for opening; at least
   * 32 characters each. Give every process the same ones, or a retry that reaches another process is refused.
   * Default: a random key, good for as long as this process lives; with `tasks.redis`, one that is kept there for all.
   */
  readonly stateKeys?: readonly string[];
  /** How long the client of such a call has for its next round; past it the call must begin anew. Default `'10m'`. */
  readonly stateTtl?: Duration;
  /**
   * Receives every error that a client is shown only a reference of. Default: writes it to stderr, and so what this throws or
   * rejects with.
   */
  readonly report?: (error: unknown, reference: string) => void;
}

/**
 * Where Redis is, as a URL or as ioredis takes it, and how it is used.
 */
export type RedisSettings = ({ readonly url: string } | (RedisOptions & { readonly url?: undefined })) & {
  /** What all keys begin with: apps with different prefixes do not see each other. Default `'perdura'`. */
  readonly prefix?: string;
  /** Starts in production even where this Redis may lose what it acknowledged (no AOF, eviction). Default false. */
  readonly allowUnsafe?: boolean;
};

/** How the task engine behaves, and where tasks and sessions are kept. */
export interface TaskEngineOptions {
  /**
   * The Redis that tasks and 2025-11-25 sessions live in, so that any number of processes serve and work the same app: its
   * URL (`redis://`, `rediss://`) or settings. Default: the memory of this process.
   */
  readonly redis?: string | RedisSettings | undefined;
  /**
   * Whether this process runs tasks from the start: `'here'`, or `'elsewhere'` where other processes do
   * (`startWorker(app)` of `perdura/worker`). Default `'here'` without Redis, `'elsewhere'` with it.
   */
  readonly work?: 'here' | 'elsewhere';
  /** How long a task that only waits stays in memory before it gives its worker back. Default `'10s'`. */
  readonly hold?: Duration;
  /**
   * How long a process that runs a task may be silent before another takes the task over: the pause after a crash, and the
   * longest that a handler may block the event loop. Default `'30s'`.
   */
  readonly lease?: Duration;
  /** The most tasks that run at a time in this process. Default 100: most of their time they wait. */
  readonly concurrency?: number;
  /** The most live tasks that one owner may have. Default 100. */
  readonly quota?: number;
  /** The most live tasks altogether. Default 10,000. */
  readonly backlog?: number;
  /** The most bytes, as JSON, that the arguments of all live tasks have together; one task alone may have more. Default 256 MiB. */
  readonly backlogBytes?: number;
  /** The most bytes that one recorded step may take in a task's journal. Default 4 MiB; more than 64 KiB is loaded only when a replay comes to it. */
  readonly journalEntryBytes?: number;
  /** The most bytes that a task's whole journal may take. Default 16 MiB. */
  readonly journalBytes?: number;
  /**
   * For development and tests: runs a task's handler again after each recorded step and compares, so that code which would
   * not survive a restart fails at once with `NON_DETERMINISM` and the step's name. What stands between steps runs
   * that often. Default false.
   */
  readonly replayCheck?: boolean;
}

/** Bounds on what goes in and out. */
export interface Limits {
  /** The most bytes of one result. Default 1 MiB. */
  readonly resultBytes?: number;
  /**
   * How often each caller may call in this process, and ask for its tasks; past it, calls are refused with when to try again (HTTP
   * 429). Default for either: 1,000 a second, 10,000 at once, for each authenticated owner and each address of the network (of
   * IPv6, all with the same first 64 bits).
   * Callers whom nothing tells apart (stdio, this machine, a proxy on it) share a hundred times that.
   */
  readonly rate?: RateLimits;
  /**
   * The most calls of one caller that run at a time in this process, and apart from them the most `tasks/result` that wait; past it
   * they are refused like those over the rate. Default 250; callers whom nothing tells apart share 10,000.
   */
  readonly concurrentCalls?: number;
  /** Entries on a page of a list. Default 100. */
  readonly pageSize?: number;
  /** The most `subscriptions/listen` (2026-07-28) that one authenticated owner has open in one process. Default 8. */
  readonly subscriptions?: number;
}
