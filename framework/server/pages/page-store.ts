import type { Json } from '../../spec.js';
import type { Awaitable } from '../../metadata/class.js';
import type { Principal } from '../../runtime/principal.js';

/** A user's way through a page, as every process can serve it. */
export interface PageRecord {
  readonly page: string;
  readonly principal: Principal;
  readonly message: string;
  readonly client?: string;
  readonly verifier: string;
}

/** Where it stands. */
export interface PageState {
  readonly record: PageRecord;
  /** Digest of the secret that the browser which opened it holds; absent before it was opened. */
  readonly browser?: string;
  /** What it was done with, as JSON; absent before. */
  readonly done?: string;
}

/** The pages that users were sent to. All of it is forgotten when its time is over. */
export interface PageStore {
  /** Keeps it for so many milliseconds. */
  open(id: string, record: PageRecord, life: number): Awaitable<void>;
  find(id: string): Awaitable<PageState | undefined>;
  /** Binds it to the browser that asks first; false for any other one, and where it is gone. */
  claim(id: string, browser: string): Awaitable<boolean>;
  /** Keeps what it was done with; false where it is gone, or was done before. */
  finish(id: string, value: Json): Awaitable<boolean>;
  remove(id: string): Awaitable<void>;
}
