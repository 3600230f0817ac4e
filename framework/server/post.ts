import type { JsonRpcNotification, JsonRpcResponse } from '../protocol/messages/json-rpc.js';

/** What one process of an app has to tell the others. */
export type Letter =
  /** A client's message for something that another process does for its session. */
  | {
      readonly kind: 'message';
      readonly sessionId: string;
      readonly owner: string;
      /** What the token was granted that it came with; an earlier version of the app does not say. */
      readonly scopes?: readonly string[];
      readonly message: JsonRpcNotification | JsonRpcResponse;
    }
  /** The session has ended. */
  | { readonly kind: 'ended'; readonly sessionId: string }
  /** The client subscribed to a resource in this session, or no longer does. */
  | {
      readonly kind: 'subscribed';
      readonly sessionId: string;
      readonly owner: string;
      readonly uri: string;
      readonly isSubscribed: boolean;
    }
  /** The client listens at the process that sends this, for what belongs to no request of the session. */
  | { readonly kind: 'standing'; readonly sessionId: string }
  /** An entry of the catalog was enabled or disabled. */
  | { readonly kind: 'switched' }
  /** What reading a resource gives has changed, for all or for one owner. */
  | { readonly kind: 'updated'; readonly uri: string; readonly owner?: string }
  /** The call that the stream answers wants its connection closed, for its client to come back. */
  | { readonly kind: 'paused'; readonly stream: string }
  /** The stream has more events, and the process that this goes to reads it. */
  | { readonly kind: 'events'; readonly stream: string };

/**
 * Carries letters between the processes of an app, never to the sender itself. Nothing waits for a process that is away:
 * what is sent may be lost, so it is a hint, and what must not be is delivered.
 */
export interface Post {
  /** The name of this process. */
  readonly address: string;
  /** Sends to the process of that name, or to all. Never rejects. */
  send(letter: Letter, to?: string): void;
  /**
   * The same for what somebody else is told to be done with: resolves once it is on its way to whom it is for, and rejects with
   * `STORE_UNAVAILABLE` where it is not.
   */
  deliver(letter: Letter, to?: string): Promise<void>;
  /** Whether the process of that name can be reached; false for a moment when its connection breaks. */
  isAlive(address: string): Promise<boolean>;
  /** Calls back when the connection has come back after letters may have been lost. Returns what ends it. */
  onReturn(listener: () => void): () => void;
  /** Returns what ends it. */
  onLetter(listener: (letter: Letter) => void): () => void;
}
