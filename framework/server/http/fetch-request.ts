import type { IncomingHttpHeaders } from 'node:http';
import type { InboundRequest } from '../http-port.js';

/** A fetch `Request` as the endpoint reads requests. Its body is pulled only where somebody listens for it. */
export class FetchRequest implements InboundRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  // A repeated header is one value with commas in a fetch `Headers`, and no host has a comma.
  readonly rawHeaders: readonly string[] = [];
  readonly readableDidRead: boolean;
  readonly readableEnded: boolean;
  #complete: boolean;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #onData: ((chunk: Buffer) => void)[] = [];
  readonly #onEnd: (() => void)[] = [];

  /** `onBroken` is called where the body ends half-way. */
  constructor(
    private readonly request: Request,
    readonly body: unknown,
    private readonly onBroken: () => void,
  ) {
    this.method = request.method;
    this.url = request.url;
    this.readableDidRead = this.readableEnded = request.bodyUsed || body !== undefined;
    this.#complete = request.body === null || this.readableDidRead;
    const headers = Object.fromEntries(request.headers);
    // Some runtimes tell the host in the URL alone.
    this.headers = { ...headers, host: headers['host'] ?? new URL(request.url).host };
  }

  get complete(): boolean {
    return this.#complete;
  }

  on(event: 'data', listener: (chunk: Buffer) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'data' | 'end', listener: ((chunk: Buffer) => void) & (() => void)): void {
    if (event === 'end') this.#onEnd.push(listener);
    else this.#onData.push(listener);
    // Both listeners are there before the first chunk is.
    if (event === 'data' && !this.#reader) queueMicrotask(() => void this.#read());
  }

  destroy(): void {
    this.#complete = true;
    // What cannot be cancelled has ended, and that is what was wanted.
    this.#reader?.cancel().catch(() => undefined);
  }

  async #read(): Promise<void> {
    if (this.#reader) return;
    this.#reader = this.request.body?.getReader();
    try {
      for (let read = await this.#reader?.read(); read && !read.done; read = await this.#reader?.read()) {
        const chunk = Buffer.from(read.value.buffer, read.value.byteOffset, read.value.byteLength);
        for (const listener of this.#onData) listener(chunk);
      }
    } catch {
      // The client went away half-way, which not every runtime says by the signal too.
      return this.onBroken();
    }
    this.#complete = true;
    for (const listener of this.#onEnd) listener();
  }
}
