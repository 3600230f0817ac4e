import { randomBytes } from 'node:crypto';
import type { Session } from '../protocol/protocol.js';
import { ANONYMOUS } from '../runtime/principal.js';
import type { EventStream } from './event-stream.js';

/** A session that clients reach by its id. */
export interface OpenSession {
  readonly id: string;
  readonly session: Session;
  /** Requests that are being served; while there are any the session is not idle. */
  running: number;
  /** Where messages go that belong to no request. */
  stream?: EventStream;
  usedAt: number;
}

interface Limits {
  /** Milliseconds. */
  readonly idleTtl: number;
  readonly perOwner: number;
  readonly max: number;
}

/** The 2025-11-25 sessions of one server, those idle longest first. */
export class Sessions {
  readonly #open = new Map<string, OpenSession>();
  readonly #sweeper: NodeJS.Timeout;

  constructor(private readonly limits: Limits) {
    // At most a quarter late.
    this.#sweeper = setInterval(() => this.#sweep(), Math.max(limits.idleTtl / 4, 10)).unref();
  }

  get size(): number {
    return this.#open.size;
  }

  add(session: Session): OpenSession {
    const { owner } = session.principal;
    // All callers of a server without authorization look the same: a cap for each would be one cap for all of them.
    if (owner !== ANONYMOUS.owner)
      this.#makeRoom(this.limits.perOwner, (open) => open.session.principal.owner === owner);
    this.#makeRoom(this.limits.max, () => true);
    // 128 random bits in visible ASCII (2025-11-25 `basic/transports`, "Session Management").
    const open: OpenSession = { id: randomBytes(16).toString('base64url'), session, running: 0, usedAt: Date.now() };
    this.#open.set(open.id, open);
    return open;
  }

  /** A session of this owner. Another's is as unknown as one that never was. */
  find(id: string, owner: string): OpenSession | undefined {
    const open = this.#open.get(id);
    if (open?.session.principal.owner !== owner) return undefined;
    open.usedAt = Date.now();
    // The map's order is the order of use.
    this.#open.delete(id);
    this.#open.set(id, open);
    return open;
  }

  end(open: OpenSession): void {
    if (!this.#open.delete(open.id)) return;
    open.session.attach(undefined);
    open.stream?.end();
    open.session.close();
  }

  /** Ends the streams alone, as a server may at any time; the sessions stay. */
  endStreams(): void {
    for (const open of this.#open.values()) open.stream?.end();
  }

  close(): void {
    clearInterval(this.#sweeper);
    for (const open of [...this.#open.values()]) this.end(open);
  }

  #makeRoom(limit: number, counts: (open: OpenSession) => boolean): void {
    const counted = limit > this.#open.size ? [] : [...this.#open.values()].filter(counts);
    if (counted.length < limit) return;
    this.end((counted.find((open) => open.running === 0) ?? counted[0]) as OpenSession);
  }

  #sweep(): void {
    const before = Date.now() - this.limits.idleTtl;
    for (const open of [...this.#open.values()]) {
      if (open.usedAt > before) return;
      if (open.running === 0 && !open.stream) this.end(open);
    }
  }
}
