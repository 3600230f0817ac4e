// Symbol.for: errors of another copy of the package are ours too. Other libraries have errors of the same name and shape.
const PROTOCOL_ERROR = Symbol.for('perdura:protocol-error');

/** A JSON-RPC error, sent as it is. Throw it where the request itself cannot be served. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  constructor(
    readonly code: number,
    message: string,
    readonly data?: unknown,
  ) {
    super(message);
    Object.defineProperty(this, PROTOCOL_ERROR, { value: true });
  }
}

/** Whether an error is a {@link ProtocolError} of this or another copy of the package, whose message may leave the server. */
export function isProtocolError(error: unknown): error is ProtocolError {
  return error instanceof Error && PROTOCOL_ERROR in error;
}
