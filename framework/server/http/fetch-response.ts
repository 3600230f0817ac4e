import type { OutboundResponse } from '../http-port.js';

/** Statuses whose responses may have no body at all, not even an empty one (Fetch standard, null body status). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/**
 * A fetch `Response` as the endpoint writes responses: whole where it ends before anything was streamed, else a stream that is
 * filled as it is read. What nobody has read yet counts as waiting, which is what bounds a slow reader.
 */
export class FetchResponse implements OutboundResponse {
  /** Resolves with the response once its head is decided. */
  readonly response: Promise<Response>;
  readonly socket = { bytesWritten: 0, writableLength: 0 };
  #resolve!: (response: Response) => void;
  readonly #headers = new Headers();
  #status = 200;
  #headersSent = false;
  #ended = false;
  #destroyed = false;
  #closed = false;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Resolves the `pull` that found nothing. */
  #wanted: (() => void) | undefined;
  #waiting: Buffer[] = [];
  #length = 0;
  readonly #once = { close: [] as (() => void)[], drain: [] as (() => void)[] };

  constructor(signal: AbortSignal) {
    this.response = new Promise((resolve) => (this.#resolve = resolve));
    if (signal.aborted) this.destroy();
    else signal.addEventListener('abort', () => this.destroy(), { once: true });
  }

  get headersSent(): boolean {
    return this.#headersSent;
  }

  get writableEnded(): boolean {
    return this.#ended;
  }

  get writableLength(): number {
    return this.#length;
  }

  get destroyed(): boolean {
    return this.#destroyed;
  }

  setHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  writeHead(status: number, headers: string[] | Record<string, string>): this {
    this.#status = status;
    this.#headersSent = true;
    const pairs = Array.isArray(headers)
      ? headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] as string] as const] : []))
      : Object.entries(headers);
    for (const [name, value] of pairs) {
      // The one header that may come several times and cannot be joined to one.
      if (name === 'set-cookie') this.#headers.append(name, value);
      else this.#headers.set(name, value);
    }
    return this;
  }

  flushHeaders(): void {
    if (this.#stream || this.#destroyed) return;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (this.#stream = controller),
        pull: () => this.#fill(),
        cancel: () => this.destroy(),
      },
      // Nothing is taken ahead of the reader, so that what waits is known here.
      { highWaterMark: 0 },
    );
    this.#resolve(new Response(body, { status: this.#status, headers: this.#headers }));
  }

  write(chunk: string | Uint8Array): boolean {
    if (this.#ended || this.#destroyed) return false;
    this.flushHeaders();
    const bytes =
      typeof chunk === 'string' ? Buffer.from(chunk) : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.#waiting.push(bytes);
    this.#length += bytes.length;
    this.#wanted?.();
    return this.#length === 0;
  }

  end(chunk?: string): void {
    if (this.#ended || this.#destroyed) return;
    if (this.#stream) {
      if (chunk !== undefined) this.write(chunk);
      this.#ended = true;
      this.#wanted?.();
      return;
    }
    this.#ended = true;
    this.#headersSent = true;
    const body = WITHOUT_BODY.has(this.#status) ? null : (chunk ?? '');
    this.#resolve(new Response(body, { status: this.#status, headers: this.#headers }));
    this.#close();
  }

  once(event: 'close' | 'drain', listener: () => void): void {
    this.#once[event].push(listener);
  }

  /** The client has gone, or is to be cut off. */
  destroy(): void {
    if (this.#destroyed || this.#closed) return;
    this.#destroyed = true;
    this.#waiting = [];
    this.#length = 0;
    try {
      this.#stream?.error(new Error('The connection was closed.'));
    } catch {
      // It was cancelled by its reader: nobody is left to be told.
    }
    this.#wanted?.();
    // Nobody reads it, but whoever waits for it should not wait for ever.
    this.#resolve(new Response(null, { status: 499 }));
    this.#close();
  }

  #fill(): Promise<void> | undefined {
    const stream = this.#stream as ReadableStreamDefaultController<Uint8Array>;
    const chunk = this.#waiting.shift();
    if (chunk) {
      this.#length -= chunk.length;
      this.socket.bytesWritten += chunk.length;
      stream.enqueue(chunk);
      if (this.#length === 0) this.#tell('drain');
      return undefined;
    }
    if (this.#ended) {
      stream.close();
      this.#close();
      return undefined;
    }
    return new Promise((resolve) => {
      this.#wanted = () => {
        this.#wanted = undefined;
        // What came was put where the next look finds it.
        if (!this.#destroyed) void this.#fill();
        resolve();
      };
    });
  }

  #close(): void {
    this.#closed = true;
    this.#tell('close');
  }

  #tell(event: 'close' | 'drain'): void {
    for (const listener of this.#once[event].splice(0)) queueMicrotask(listener);
  }
}
