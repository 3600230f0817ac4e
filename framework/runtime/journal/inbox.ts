import type { ToolEntry } from '../../catalog/catalog.js';
import type { Allowance } from '../budget/allowance.js';
import type { AgentUsage } from '../context.js';
import type { CallToolResult, InputRequest, InputResponse, Json } from '../../spec.js';

/** What a child task is made from. */
export interface ChildRequest {
  readonly entry: ToolEntry;
  readonly args: Json;
  /** Milliseconds. */
  readonly ttl?: number;
  /** What the agents in it may use. Where it is absent, nobody counts what they do. */
  readonly allowance?: Allowance;
}

/** What a child task came to. */
export interface ChildEnd {
  /** With `isError` where it failed. */
  readonly result: CallToolResult;
  /** What the agents in it used, where that was counted. */
  readonly usage?: AgentUsage;
}

/** A question as an effect puts it. */
export interface Question {
  readonly request: InputRequest;
  /** The effect's, as its journal entry will have it. */
  readonly fingerprint: string;
  /** In milliseconds since 1970. */
  readonly deadline?: number;
}

/** How the questions and waits of a call reach the outside, and for how long a call may wait in memory. */
export interface Inbox {
  /**
   * Milliseconds for which an activation that only waits stays in memory before it parks: 0 parks at
   * once (a multi round-trip call), `Infinity` never does (an open stream).
   */
  readonly hold: number;
  /**
   * Puts a question to the client. Resolves with the answer if it comes (or came) within this
   * activation; stays pending otherwise. The same key is never used for two questions.
   * Past the deadline the promise rejects with `ELICITATION_EXPIRED`.
   */
  ask(key: string, question: Question): Promise<InputResponse>;
  /** Nobody waits for the answer of that question any more, nor will. */
  forget?(key: string): void;
  /**
   * The fingerprint of the question that an earlier activation put under the key, of which the journal knows nothing before its
   * answer is recorded. Absent where such a question is simply put again.
   */
  fingerprintOf?(key: string): string | undefined;
  /**
   * Resolves when it is known of every question so far whether its answer came; a call does not park before. Not needed
   * where that is known within the turn of the event loop that asked.
   */
  settled?(): Promise<void>;
  /**
   * Runs a task as a child of this one, on any worker, and resolves with what it came to if that comes within this activation. The
   * same key is always the same child. Absent where there are no workers: then the call runs it within itself.
   */
  task?(key: string, child: ChildRequest): Promise<ChildEnd>;
  /**
   * The time that deadlines and timers are held to, in milliseconds since 1970. Absent where that is the clock of this
   * process; a task's is its store's, because the wall clocks of workers differ and jump.
   */
  now?(): number;
  /** Until when a call may hold its request for what happens elsewhere, on the clock of {@link now}. Absent: for as long as it lives. */
  readonly holdsUntil?: number;
  /** Tells the client that what it sent the user to is over (`notifications/elicitation/complete`), where it is still there. */
  completed?(elicitationId: string): void;
  /** Resolves when the time has come, if that is within this activation. */
  sleep(key: string, until: number): Promise<void>;
}

/** The time by which the calls of an inbox go. */
export const timeOf = (inbox: Pick<Inbox, 'now'>): number => inbox.now?.() ?? Date.now();
