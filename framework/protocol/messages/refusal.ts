import { randomUUID } from 'node:crypto';
import { isProtocolError, ProtocolError } from '../../errors.js';
import { oneSentence } from '../../runtime/results/one-sentence.js';
import type { ClientCapabilities, RequestId } from '../../spec.js';
import { errorAnswer } from './answer.js';
import type { Answer } from './exchange.js';
import { CODE } from './json-rpc.js';

/** A request that is wrong before any method looks at it: over HTTP it is answered with 400. */
export class BadRequest extends ProtocolError {
  readonly status = 400;
}

export const invalidParams = (message: string, data?: unknown): ProtocolError =>
  new ProtocolError(CODE.invalidParams, message, data);

export const methodNotFound = (method: string): ProtocolError =>
  new ProtocolError(CODE.methodNotFound, `Method not found: ${method.slice(0, 100)}`);

/** -32021 of 2026-07-28: processing needs what the client did not declare. */
export const missingCapability = (requiredCapabilities: ClientCapabilities): ProtocolError =>
  new ProtocolError(CODE.missingClientCapability, 'Missing required client capability', { requiredCapabilities });

/** What refusals may know beside code and message: HTTP has places for it. */
type RefusalFacts = { readonly status?: number } & Pick<Answer, 'retryAfter' | 'scopes'>;

/**
 * The answer to a request whose handling threw: a refusal as it is, anything else as a reference to the report.
 * `statusOf` is the revision's HTTP status for a code.
 */
export function failureAnswer(
  id: RequestId,
  error: unknown,
  report: (error: unknown, reference: string) => void,
  statusOf: (code: number) => number,
): Answer {
  if (isProtocolError(error)) {
    const { status, retryAfter, scopes } = error as RefusalFacts;
    const answer = errorAnswer(id, error, status ?? statusOf(error.code));
    if (retryAfter !== undefined) return { ...answer, retryAfter };
    return scopes ? { ...answer, scopes } : answer;
  }
  const reference = randomUUID();
  report(error, reference);
  const { retryAfter } = error as { readonly retryAfter?: unknown };
  if (typeof retryAfter === 'number') {
    const again = `The server cannot reach its store now: try again in ${retryAfter} seconds (ref ${reference}).`;
    return errorAnswer(id, { code: CODE.internalError, message: again, data: { retryAfter } });
  }
  // Only the author can help, but whoever calls should know that trying again does not.
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const shown = code === 'REQUEST_STATE_TOO_LARGE' ? oneSentence(String(message)) : `Internal error (ref ${reference})`;
  return errorAnswer(id, { code: CODE.internalError, message: shown });
}
