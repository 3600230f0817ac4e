import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { TaskSettings } from '../../catalog/catalog.js';
import type { CallSite } from '../../runtime/call.js';
import type { Client } from '../../runtime/context.js';
import type { Inbox } from '../../runtime/journal/inbox.js';
import type { Journal } from '../../runtime/journal/journal.js';
import type { Principal } from '../../runtime/principal.js';
import type { Revision } from '../../spec.js';
import { RequestChannel } from '../messages/channel.js';
import type { Incoming } from '../messages/incoming.js';
import type { JsonRpcNotification } from '../messages/json-rpc.js';
import { MemoryJournal } from './memory-journal.js';
import { traceOf } from './trace.js';

/** What differs between the foreground calls of the two revisions. */
export interface SiteOptions {
  readonly callId?: string;
  readonly inbox: Inbox;
  readonly journal?: Journal;
  /** A `@Task` that runs in the foreground: its handler is promised a `taskId`. */
  readonly asTask?: TaskSettings;
  /** Whether the call may become a task. */
  readonly detachable?: boolean;
}

/** Where a call runs while its request waits. Most handlers look at none of it, so all of it is made on first use. */
export class ForegroundSite implements CallSite {
  readonly principal: Principal;
  readonly client: Client;
  readonly inbox: Inbox;
  private id: string | undefined;
  private controller: AbortController | undefined;
  private madeJournal: Journal | undefined;
  private madeChannel: RequestChannel | undefined;
  private isOver = false;
  private why: string | undefined;
  private isDetached = false;
  readonly detach: (() => void) | undefined;

  constructor(
    readonly revision: Revision,
    private readonly incoming: Incoming,
    private readonly options: SiteOptions,
  ) {
    this.principal = incoming.exchange.principal;
    this.client = incoming.client;
    this.inbox = options.inbox;
    this.id = options.callId;
    this.madeJournal = options.journal;
    this.detach = options.detachable === true ? () => void (this.isDetached = true) : undefined;
  }

  get callId(): string {
    return (this.id ??= randomUUID());
  }

  get journal(): Journal {
    return (this.madeJournal ??= new MemoryJournal());
  }

  get channel(): RequestChannel {
    return (this.madeChannel ??= new RequestChannel(this.incoming, {
      send: this.send,
      hasRoom: () => !this.isOver && this.incoming.exchange.hasRoom?.() !== false,
      closeStream: () => this.closeStream(),
    }));
  }

  get traceparent(): string | undefined {
    return traceOf(this.incoming).traceparent;
  }

  get task(): CallSite['task'] {
    const { asTask } = this.options;
    if (!asTask) return undefined;
    const { onChange, stepTimeout } = asTask;
    return { taskId: this.callId, attempt: 1, onChange, ...(stepTimeout !== undefined && { stepTimeout }) };
  }

  readonly signal = (): AbortSignal => {
    if (!this.controller) {
      this.controller = new AbortController();
      // As many listeners as the handler has waits, which is no leak.
      setMaxListeners(0, this.controller.signal);
      if (this.why !== undefined) this.abort(this.controller, this.why);
    }
    return this.controller.signal;
  };

  get cancelled(): boolean {
    return this.why !== undefined;
  }

  /** The call goes on as a task. */
  get detached(): boolean {
    return this.isDetached;
  }

  /** The client no longer waits: what runs is told why, and nothing more is sent. */
  cancel(why: string): void {
    if (this.isOver) return;
    this.why = why;
    this.isOver = true;
    if (this.controller) this.abort(this.controller, why);
  }

  /** The result is about to be sent: whatever the handler left running may say no more. */
  end(): void {
    this.isOver = true;
  }

  // What platform APIs abort with, and what they reject with when they are given the signal.
  private abort(controller: AbortController, why: string): void {
    controller.abort(new DOMException(why, 'AbortError'));
  }

  private closeStream(): void {
    if (!this.isOver) this.incoming.exchange.closeStream?.();
  }

  private readonly send = (message: JsonRpcNotification): void => {
    if (!this.isOver) this.incoming.exchange.send(message);
  };
}
