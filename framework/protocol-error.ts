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

/**
 * The caller's token does not cover what a call is to do, as its arguments say: over HTTP 403 with a challenge for these scopes, all that the
 * call needs at once (`basic/authorization`, "Scope Challenge Handling"), unless its stream has begun. What a call needs whatever its
 * arguments are is declared, as `scopes`.
 */
export class InsufficientScope extends ProtocolError {
  constructor(readonly scopes: readonly string[]) {
    super(-32600, 'Your access does not cover this: ask for these scopes and try again.', {
      reason: 'insufficient_scope',
      scopes,
    });
  }
}

/** Whether an error is a {@link ProtocolError} of this or another copy of the package, whose message may leave the server. */
export function isProtocolError(error: unknown): error is ProtocolError {
  return error instanceof Error && PROTOCOL_ERROR in error;
}
