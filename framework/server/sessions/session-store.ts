import type { Awaitable } from '../../metadata/class.js';
import type { SessionState } from '../../protocol/protocol.js';
import type { LoggingLevel } from '../../spec.js';

/** A 2025-11-25 session as every process can open it: whose it is, and what the two sides agreed on. */
export interface SessionRecord {
  readonly id: string;
  readonly owner: string;
  readonly state: SessionState;
}

/** How many sessions a store keeps, and for how long. */
export interface SessionBounds {
  /** Milliseconds without use after which a session ends. */
  readonly idleTtl: number;
  /** Of one owner; undefined where owners cannot be told apart. */
  readonly perOwner: number | undefined;
  readonly max: number;
}

/** How many sessions must go for a new one, and those that were idle longest, first of all the longest. */
export interface Excess {
  readonly count: number;
  readonly oldest: readonly string[];
}

/** At most so many candidates are named in an {@link Excess}: enough to pass over those that are busy. */
export const CANDIDATES = 32;

/** Which sessions there are. Another owner's session is as unknown as one that never was. */
export interface SessionStore {
  /** Keeps a new session and tells what is too much now: of its owner's, and altogether. */
  add(record: SessionRecord, bounds: SessionBounds): Awaitable<readonly Excess[]>;
  /** The session, which is in use as of now. */
  find(id: string, owner: string, idleTtl: number): Awaitable<SessionRecord | undefined>;
  setLogLevel(id: string, level: LoggingLevel): Awaitable<void>;
  /** Keeps that its client subscribed to a resource, or no longer does. */
  subscribe(id: string, uri: string, isSubscribed: boolean): Awaitable<void>;
  /** The resources that its client subscribed to. */
  subscriptions(id: string): Awaitable<readonly string[]>;
  /** Ends it for all processes; it is never found again. */
  end(id: string): Awaitable<void>;
}
