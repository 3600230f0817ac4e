import { PerduraError } from 'perdura';
import { retryAfter } from 'perdura/plugins/models';
import { complaint, refused, unavailable } from './faults.js';

/** How one request is made of a provider. */
export interface Exchange {
  readonly model: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds from the first byte sent to the last one read. */
  readonly timeout: number;
  /** Milliseconds without a byte. */
  readonly idleTimeout: number;
  /** The most bytes of an answer as it comes over the wire. */
  readonly answerBytes: number;
  readonly fetch: typeof fetch;
  readonly redact: (text: string) => string;
  /** Aborts when the caller wants no answer any more. */
  readonly signal: AbortSignal;
}

/** An answer to read: what it calls itself, and its bytes. */
export interface Answer {
  readonly mediaType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const COMPLAINT_BYTES = 64 * 1024;

/**
 * Makes the request and has its answer read while the clocks run.
 * @throws PerduraError `MODEL_UNAVAILABLE`, `MODEL_REFUSED`, or the signal's reason
 */
export async function exchange<T>(request: Exchange, read: (answer: Answer) => Promise<T>): Promise<T> {
  const { model, url, headers, body, signal } = request;
  const clocks = new Clocks(request);
  try {
    const response = await request.fetch(url, {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.any([signal, clocks.signal]),
      // A redirect would take the conversation to where nobody sent it.
      redirect: 'manual',
    });
    clocks.heard();
    if (!response.ok) throw await complaintOf(response, request, clocks);
    const mediaType = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
    return await read({ mediaType, bytes: bounded(response, request, clocks) });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof PerduraError) throw error;
    throw clocks.late ?? unavailable(model, `the connection failed: ${failureName(error)}`, { cause: error });
  } finally {
    clocks.stop();
  }
}

/** The two ways in which an answer can be too late. */
class Clocks {
  private readonly controller = new AbortController();
  private readonly whole: NodeJS.Timeout;
  private idle: NodeJS.Timeout;
  late?: PerduraError;

  constructor(private readonly limits: Pick<Exchange, 'model' | 'timeout' | 'idleTimeout'>) {
    this.whole = setTimeout(() => this.end(`it took longer than ${limits.timeout} ms`), limits.timeout);
    this.idle = this.silence();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  heard(): void {
    clearTimeout(this.idle);
    this.idle = this.silence();
  }

  stop(): void {
    clearTimeout(this.whole);
    clearTimeout(this.idle);
    // Whatever of the answer was not read is not waited for.
    this.controller.abort();
  }

  private silence(): NodeJS.Timeout {
    const { idleTimeout } = this.limits;
    return setTimeout(() => this.end(`it was silent for ${idleTimeout} ms`), idleTimeout);
  }

  private end(reason: string): void {
    this.late = unavailable(this.limits.model, reason);
    this.controller.abort(this.late);
  }
}

async function* bounded(
  { body }: Response,
  { model, answerBytes }: Exchange,
  clocks: Clocks,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    clocks.heard();
    if ((bytes += chunk.length) > answerBytes) throw refused(model, `its answer has more than ${answerBytes} bytes`);
    yield chunk;
  }
}

async function complaintOf(response: Response, { model, redact }: Exchange, clocks: Clocks): Promise<PerduraError> {
  const { status, headers } = response;
  return complaint(
    model,
    { status, body: await complaintBody(response, clocks), seconds: retryAfter((name) => headers.get(name)) },
    redact,
  );
}

/** What is readable of it: an error page that stalls or never ends is still the error that its status says. */
async function complaintBody({ body }: Response, clocks: Clocks): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
      clocks.heard();
      chunks.push(chunk);
      if ((bytes += chunk.length) > COMPLAINT_BYTES) break;
    }
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    return { message: Buffer.concat(chunks).toString() };
  }
}

/** The name that the system has for it; neither an address nor a port. */
function failureName(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  const { code } = (cause ?? error) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'it was closed';
}
