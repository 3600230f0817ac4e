import type { RequestId } from '../../spec.js';
import type { Incoming } from '../messages/incoming.js';
import type { JsonRpcNotification } from '../messages/json-rpc.js';
import type { OpenRequests } from './questions.js';
import type { Caller } from '../features/scopes.js';

export const REVISION_2025 = '2025-11-25';

/** Why a request is given up: its client said so, or its session ended. */
export type GivenUp = 'cancelled' | 'closed';

/** `why` says the same in words, for who runs what is given up. */
export type GiveUp = (how: GivenUp, why: string) => void;

/** What the methods of 2025-11-25 need of the session that they are called in. */
export interface SessionContext {
  /** For whom the session speaks, as the latest token that came with it tells. */
  readonly caller: Caller;
  /** Questions of foreground calls, answered through the session. */
  readonly requests: OpenRequests;
  /** Questions of tasks that this session delivered and that nobody answered yet: what to do if the answer does not fit. */
  readonly delivered: Map<string, () => void>;
  /** Remembers how to give a request up; returns what forgets it. */
  track(id: RequestId, giveUp: GiveUp): () => void;
  /** Keeps what follows a task until the session ends, or the task has. */
  keep(taskId: string, stop: () => void): void;
  forget(taskId: string): void;
  /** Sends what belongs to no request; dropped while nobody listens. */
  notify(message: JsonRpcNotification): void;
  setLogLevel(level: NonNullable<Incoming['logLevel']>): void;
  /** @throws ProtocolError where the client may not read it, or follows too many */
  subscribe(uri: string): Promise<void>;
  /** What is not followed need not be left. */
  unsubscribe(uri: string): Promise<void>;
}

export interface Incoming2025 extends Incoming {
  readonly session: SessionContext;
}
