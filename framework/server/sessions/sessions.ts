import { randomBytes } from 'node:crypto';
import type { Awaitable } from '../../metadata/class.js';
import type { Exchange } from '../../protocol/messages/exchange.js';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse } from '../../protocol/messages/json-rpc.js';
import type { Protocol, Session } from '../../protocol/protocol.js';
import { tryAgain } from '../../protocol/try-again.js';
import { ANONYMOUS, type Principal } from '../../runtime/principal.js';
import type { LoggingLevel } from '../../spec.js';
import { LONGEST_TIMER } from '../../runtime/at-time.js';
import { MemorySessionStore } from './memory-session-store.js';
import type { Letter, Post } from '../post.js';
import { unawaited, whenever } from '../whenever.js';
import type { SessionRecord, SessionStore } from './session-store.js';

/** For how many milliseconds a message is tried to be handed on to a process that cannot be reached: most outages are over by then. */
const HANDED_ON_WITHIN = 30_000;

/** A session that this process serves. */
export interface OpenSession {
  readonly id: string;
  readonly session: Session;
  /** Requests that are being served; while there are any the session is not idle. */
  running: number;
  /** Its client listens here, or did last, for what belongs to no request. */
  isStanding: boolean;
  /** Streams that its client reads beside those of its requests; while there are any the session is not idle. */
  readonly streams: Set<{ end(): void }>;
  usedAt: number;
}

interface Limits {
  /** Milliseconds. */
  readonly idleTtl: number;
  readonly perOwner: number;
  readonly max: number;
}

/** What sessions are made of. */
export interface SessionsOptions {
  readonly limits: Limits;
  readonly protocol: Pick<Protocol, 'restore'>;
  readonly report: (error: unknown) => void;
  /** Sends what belongs to no request of a session, and may be read with all of these scopes. */
  readonly notify: (
    sessionId: string,
    message: JsonRpcNotification | JsonRpcRequest,
    scopes: readonly string[],
  ) => void;
  /** Where processes share their sessions; absent where there is one process. */
  readonly shared?: { readonly sessions: SessionStore; readonly post: Post };
}

type Caller = Pick<Exchange, 'principal' | 'headers'>;

/**
 * The 2025-11-25 sessions of one server. Which there are is the store's to say, on every use; what is open here is a copy
 * that any process can make anew.
 */
export class Sessions {
  readonly #open = new Map<string, OpenSession>();
  readonly #store: SessionStore;
  readonly #sweeper: NodeJS.Timeout;
  readonly #stopLetters: (() => void) | undefined;

  constructor(private readonly options: SessionsOptions) {
    this.#store = options.shared?.sessions ?? new MemorySessionStore();
    this.#stopLetters = options.shared?.post.onLetter((letter) => this.#take(letter));
    // At most a quarter late.
    const pause = Math.min(Math.max(options.limits.idleTtl / 4, 10), LONGEST_TIMER);
    this.#sweeper = setInterval(() => this.#sweep(), pause).unref();
  }

  /** Keeps a new session and answers its id, once every process knows it. */
  add(session: Session): Awaitable<string> {
    const { idleTtl, max, perOwner } = this.options.limits;
    const { owner } = session.principal;
    // 128 random bits in visible ASCII (2025-11-25 `basic/transports`, "Session Management").
    const id = randomBytes(16).toString('base64url');
    this.#hold(id, session);
    // All callers of a server without authorization look the same: a cap for each would be one cap for all of them.
    const bounds = { idleTtl, max, perOwner: owner === ANONYMOUS.owner ? undefined : perOwner };
    const excess = this.#store.add({ id, owner, state: session.state }, bounds);
    return whenever(excess, (all) => {
      for (const { count, oldest } of all) {
        const others = oldest.filter((each) => each !== id);
        // One that serves is not the first to go.
        const byUse = [...others.filter((each) => !this.#isBusy(each)), ...others.filter((each) => this.#isBusy(each))];
        for (const each of byUse.slice(0, count)) this.#background(this.end(each));
      }
      return id;
    });
  }

  /** A session of this caller. Another's is as unknown as one that never was. */
  find(id: string, caller: Caller): Awaitable<OpenSession | undefined> {
    const { owner } = caller.principal;
    const found = this.#store.find(id, owner, this.options.limits.idleTtl);
    if (!(found instanceof Promise)) return this.#opened(id, found, caller);
    return found.then(
      (record) => this.#opened(id, record, caller),
      (error: unknown) => {
        // While the store is away nobody can end a session: the ones that are open here go on.
        const open = this.#open.get(id);
        if (open?.session.principal.owner === owner) return renewed(open, caller);
        throw error;
      },
    );
  }

  /** Takes a client's message for its session, and hands on what another process waits for. Rejects as {@link Session.receive} does. */
  receive(open: OpenSession, message: JsonRpcNotification | JsonRpcResponse, principal: Principal): Awaitable<void> {
    const { shared } = this.options;
    if (!shared) return open.session.receive(message, principal);
    return open.session.receive(message, principal, (place) => {
      // An answer to this very process comes too late, or for nothing: nobody else can use it.
      if (place === shared.post.address) return undefined;
      const { owner, scopes } = principal;
      const letter = { kind: 'message', sessionId: open.id, owner, scopes, message } as const;
      // Most clients send nothing twice. Whether it was Redis or the other process that is away, nobody can tell yet.
      return tryAgain(() => shared.post.deliver(letter, place), this.options.report, HANDED_ON_WITHIN);
    });
  }

  setLogLevel(open: OpenSession, level: LoggingLevel): Awaitable<void> {
    return this.#store.setLogLevel(open.id, level);
  }

  /** The session's client listens here from now on, so that it falls to this process to tell it what all of them hear of. */
  standsHere(open: OpenSession): void {
    const { shared } = this.options;
    if (!shared || open.isStanding) return;
    open.isStanding = true;
    shared.post.send({ kind: 'standing', sessionId: open.id });
    const known = whenever(this.#store.subscriptions(open.id), (uris) => {
      for (const uri of uris) open.session.remember(uri, true);
    });
    this.#background(known);
  }

  /** Ends a session in all processes. */
  end(id: string): Awaitable<void> {
    return whenever(this.#store.end(id), () => {
      this.#close(id);
      this.options.shared?.post.send({ kind: 'ended', sessionId: id });
    });
  }

  /** Closes what is open here. What other processes know too lives on with them. */
  close(): void {
    clearInterval(this.#sweeper);
    this.#stopLetters?.();
    for (const id of [...this.#open.keys()]) this.#close(id);
  }

  #hold(id: string, session: Session): OpenSession {
    const open: OpenSession = { id, session, running: 0, isStanding: false, streams: new Set(), usedAt: Date.now() };
    this.#open.set(id, open);
    session.attach((message) => this.options.notify(id, message, session.principal.scopes), {
      isHere: () => !this.options.shared || open.isStanding,
      keep: (uri, isSubscribed) => this.#subscribed(open, uri, isSubscribed),
    });
    return open;
  }

  #opened(id: string, record: SessionRecord | undefined, caller: Caller): OpenSession | undefined {
    if (!record) {
      if (this.#open.get(id)?.session.principal.owner === caller.principal.owner) this.#close(id);
      return undefined;
    }
    let open = this.#open.get(id);
    if (!open) {
      open = this.#hold(id, this.options.protocol.restore(record.state, caller));
    }
    if (record.state.logLevel !== undefined) open.session.setLogLevel(record.state.logLevel);
    open.usedAt = Date.now();
    return renewed(open, caller);
  }

  #close(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    open.session.attach(undefined);
    for (const stream of open.streams) stream.end();
    open.session.close();
  }

  #isBusy(id: string): boolean {
    const open = this.#open.get(id);
    return open !== undefined && (open.running > 0 || open.streams.size > 0);
  }

  #subscribed({ id, session }: OpenSession, uri: string, isSubscribed: boolean): Awaitable<void> {
    return whenever(this.#store.subscribe(id, uri, isSubscribed), () => {
      this.options.shared?.post.send({
        kind: 'subscribed',
        sessionId: id,
        owner: session.principal.owner,
        uri,
        isSubscribed,
      });
    });
  }

  #take(letter: Letter): void {
    const open = 'sessionId' in letter && this.#open.get(letter.sessionId);
    if (!open) return;
    const { session } = open;
    if (letter.kind === 'ended') this.#close(open.id);
    else if (letter.kind === 'standing') open.isStanding = false;
    else if (letter.owner !== session.principal.owner) return;
    else if (letter.kind === 'subscribed') session.remember(letter.uri, letter.isSubscribed);
    else this.#background(session.receive(letter.message, { ...session.principal, scopes: letter.scopes ?? [] }));
  }

  #sweep(): void {
    const { idleTtl } = this.options.limits;
    const before = Date.now() - idleTtl;
    for (const { id, session, usedAt } of [...this.#open.values()]) {
      if (this.#isBusy(id)) this.#background(this.#store.find(id, session.principal.owner, idleTtl));
      else if (usedAt <= before) this.#close(id);
    }
  }

  // What it does will be done again.
  #background(work: Awaitable<unknown>): void {
    unawaited(work, this.options.report);
  }
}

/** The latest token of its owner says what a session may be told of: weaker than the first, or stronger. */
function renewed(open: OpenSession, { principal }: Caller): OpenSession {
  open.session.renew(principal);
  return open;
}
