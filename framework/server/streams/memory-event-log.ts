import {
  type Appended,
  type EventLog,
  KEPT_EVENTS,
  KEPT_FOR,
  type LoggedEvent,
  type StreamOrigin,
  type StreamState,
} from './event-log.js';

interface Kept {
  origin: StreamOrigin;
  events: LoggedEvent[];
  last: number;
  isOver: boolean;
  reader?: string;
  usedAt: number;
}

/** The most characters of all streams together: past it, those go that were not used for longest. */
const MOST_KEPT = 64 * 2 ** 20;

/** What an event takes beside its text, and a stream beside its events, in as many: thousands may say next to nothing. */
const OVERHEAD = 256;

/** Events in this process' memory. */
export class MemoryEventLog implements EventLog {
  // In the order of use.
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;
  #size = 0;

  /** `now` replaces the clock (milliseconds since 1970). */
  constructor({ now = Date.now }: { readonly now?: () => number } = {}) {
    this.#now = now;
  }

  append(stream: string, origin: StreamOrigin, body: string): Appended | undefined {
    const kept = this.#written(stream, origin);
    if (!kept) return undefined;
    kept.events.push({ number: ++kept.last, body });
    this.#size += sizeOf(body);
    if (kept.events.length > KEPT_EVENTS) this.#size -= sizeOf((kept.events.shift() as LoggedEvent).body);
    this.#makeRoom();
    return { number: kept.last, ...(kept.reader !== undefined && { reader: kept.reader }) };
  }

  end(stream: string, origin: StreamOrigin, body?: string): Appended | undefined {
    const kept = this.#written(stream, origin);
    if (!kept) return undefined;
    kept.isOver = true;
    if (body !== undefined) return this.append(stream, origin, body);
    return { number: kept.last, ...(kept.reader !== undefined && { reader: kept.reader }) };
  }

  follow(stream: string, origin: StreamOrigin): void {
    this.#written(stream, origin);
  }

  resume(stream: string, after: number, process: string): StreamState | undefined {
    const kept = this.#use(stream);
    if (!kept) return undefined;
    if (kept.origin.taskId !== undefined && !kept.isOver) {
      kept.origin = { ...kept.origin, writer: process };
      delete kept.reader;
    } else kept.reader = process;
    return stateOf(kept, after);
  }

  read(stream: string, after: number): StreamState | undefined {
    const kept = this.#use(stream);
    return kept && stateOf(kept, after);
  }

  take(stream: string, process: string): void {
    const kept = this.#use(stream);
    if (kept) kept.origin = { ...kept.origin, writer: process };
  }

  listen(stream: string, process: string): number {
    const kept = this.#use(stream) ?? this.#add(stream, {});
    kept.reader = process;
    return kept.last;
  }

  #written(stream: string, origin: StreamOrigin): Kept | undefined {
    // Only a reader keeps the stream that belongs to no request.
    const kept = origin.writer === undefined ? this.#kept.get(stream) : this.#use(stream);
    if (!kept) return origin.writer === undefined ? undefined : this.#add(stream, origin);
    if (kept.origin.writer !== origin.writer) return undefined;
    const { scopes = [] } = kept.origin;
    const more = origin.scopes?.filter((scope) => !scopes.includes(scope)) ?? [];
    if (origin.taskId !== undefined) kept.origin = origin;
    else if (more.length > 0) kept.origin = { ...kept.origin, scopes: [...scopes, ...more] };
    return kept;
  }

  #add(stream: string, origin: StreamOrigin): Kept {
    const kept: Kept = { origin, events: [], last: 0, isOver: false, usedAt: this.#now() };
    this.#kept.set(stream, kept);
    this.#size += OVERHEAD;
    this.#makeRoom();
    return kept;
  }

  #use(stream: string): Kept | undefined {
    const now = this.#now();
    for (const [each, { usedAt }] of this.#kept) {
      if (usedAt + KEPT_FOR > now) break;
      this.#remove(each);
    }
    const kept = this.#kept.get(stream);
    if (!kept) return undefined;
    this.#kept.delete(stream);
    this.#kept.set(stream, kept);
    kept.usedAt = now;
    return kept;
  }

  #makeRoom(): void {
    for (const stream of this.#kept.keys()) {
      if (this.#size <= MOST_KEPT) return;
      this.#remove(stream);
    }
  }

  #remove(stream: string): void {
    const kept = this.#kept.get(stream);
    if (!kept) return;
    for (const { body } of kept.events) this.#size -= sizeOf(body);
    this.#size -= OVERHEAD;
    this.#kept.delete(stream);
  }
}

const sizeOf = (body: string): number => body.length + OVERHEAD;

function stateOf({ origin, events, last, isOver, reader }: Kept, after: number): StreamState {
  const missed = events.filter(({ number }) => number > after);
  return { ...origin, events: missed, last, isOver, ...(reader !== undefined && { reader }) };
}
