import { randomUUID } from 'node:crypto';
import { isProtocolError, PerduraError } from '../errors.js';
import type { CallToolResult } from '../spec.js';
import { type Needed, REQUIRED } from './capabilities.js';
import type { CallSite } from './call.js';
import { foreignFailure, visibleMessage } from './journal/failures.js';
import { oneSentence } from './results/one-sentence.js';
import type { Outcome } from './runtime.js';
import { sanitiseText } from './results/sanitise.js';

/** Told of every error whose message stays inside, under the reference that the caller was given in its place. */
export type Report = (error: unknown, reference: string) => void;

const INTERNAL_ERROR = -32603;
const MISSING_CLIENT_CAPABILITY = -32021;

/** What a thrown error comes to before it is known what kind of call it ended. */
interface Failure {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
  /** Whether it is a JSON-RPC error whatever the call was. */
  readonly always: boolean;
  readonly retryable: boolean;
}

// A message that quotes what a program printed has no end of its own, and whoever reads it needs the begin.
const LONGEST_MESSAGE = 50_000;

function told(message: string): string {
  return sanitiseText(message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)} ...` : message);
}

/** A result that tells a model what went wrong (SEP-1303). */
export function errorResult(message: string): CallToolResult {
  return { content: [{ type: 'text', text: told(message) }], isError: true };
}

/** How a tool call that threw ends: an error result, or a JSON-RPC error where the request itself could not be served. */
export function toolFailure(error: unknown, site: CallSite, report: Report): Outcome<CallToolResult> {
  const failure = classify(error, site, report);
  if (failure.always) return { kind: 'error', error: rpcError(failure) };
  const result = errorResult(failure.message);
  return failure.retryable ? { kind: 'result', result, retryable: true } : { kind: 'result', result };
}

/** How a call of any other kind that threw ends: it has no results that could carry an error. */
export function otherFailure(error: unknown, site: CallSite, report: Report): Outcome<never> {
  const failure = classify(error, site, report);
  const message = failure.always ? failure.message : oneSentence(failure.message);
  return { kind: 'error', error: rpcError({ ...failure, message }) };
}

function classify(error: unknown, site: CallSite, report: Report): Failure {
  if (isProtocolError(error)) {
    const { code, message, data } = error;
    return { code, message, data, always: true, retryable: false };
  }
  if (error instanceof PerduraError && error.code === 'CLIENT_CANNOT' && site.revision === '2026-07-28') {
    const data = { requiredCapabilities: REQUIRED[error.facts[1] as Needed] };
    const message = oneSentence(error.message);
    return { code: MISSING_CLIENT_CAPABILITY, message, data, always: true, retryable: false };
  }
  const message = visibleMessage(error);
  if (message !== undefined) {
    const foreign = foreignFailure(error);
    // What that service said is in its cause, which the caller never sees.
    if (foreign) report(error, site.callId);
    return { code: INTERNAL_ERROR, message, always: false, retryable: foreign?.retryable ?? false };
  }
  // Whoever cancelled knows; there is nothing to report.
  if (site.signal().aborted)
    return { code: INTERNAL_ERROR, message: 'The call was cancelled.', always: false, retryable: false };
  const reference = randomUUID();
  report(error, reference);
  return { code: INTERNAL_ERROR, message: `Internal error (reference ${reference})`, always: false, retryable: true };
}

function rpcError({ code, message, data }: Failure): { code: number; message: string; data?: unknown } {
  return { code, message: told(message), ...(data !== undefined && { data }) };
}
