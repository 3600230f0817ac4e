import type { InboundRequest } from '../http-port.js';

/** How much of a refused body is read and thrown away, as a multiple of the limit, before the connection is cut. */
const PATIENCE = 8;

/**
 * Reads a body of at most `limit` bytes and calls `done` once: with the body, or with undefined as soon as it is too large,
 * announced or not. A client that goes away half-way is never answered, so then `done` is not called at all.
 */
export function readBody(request: InboundRequest, limit: number, done: (body: Buffer | undefined) => void): void {
  if (wasRead(request)) {
    const given = bytesOf(request.body);
    return done(given && given.length <= limit ? given : undefined);
  }
  if (Number(request.headers['content-length']) > limit) {
    done(undefined);
    return drain(request, limit);
  }
  let first: Buffer | undefined;
  let chunks: Buffer[] | undefined;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    const before = size;
    size += chunk.length;
    if (size > limit) {
      first = chunks = undefined;
      if (before <= limit) done(undefined);
      if (size > limit * PATIENCE) request.destroy();
    } else if (first === undefined) first = chunk;
    else (chunks ??= [first]).push(chunk);
  });
  request.on('end', () => {
    if (size <= limit) done(chunks ? Buffer.concat(chunks, size) : (first ?? Buffer.alloc(0)));
  });
}

/** Whether somebody read the body before: then its end never comes again. */
export function wasRead(request: InboundRequest): boolean {
  return request.readableDidRead || request.readableEnded;
}

/** What a body parser left, as the bytes that it may have been made of; undefined for what cannot be written again. */
function bytesOf(body: unknown): Buffer | undefined {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  } catch {
    // Reading JSON takes no stack, and writing it does: levels enough to run out of it pass through any parser.
    return undefined;
  }
}

/**
 * Takes the rest of a body off the wire, so that the client, which may still be sending, gets to read why it was refused;
 * one that goes on and on is cut off.
 */
export function drain(request: InboundRequest, limit: number): void {
  if (request.complete) return;
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit * PATIENCE) request.destroy();
  });
}
