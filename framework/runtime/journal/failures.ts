import { isProtocolError, PerduraError, ProtocolError, ToolError } from '../../errors.js';
import type { JournalFailure } from './journal.js';

/** What a failed step throws, on its first run and on every replay alike; the first time, `cause` holds the original. */
class StepError extends Error {
  override readonly name: string;
  readonly code?: string | number;

  constructor({ message, name, code }: JournalFailure, options?: ErrorOptions) {
    super(message, options);
    this.name = name ?? 'Error';
    if (code !== undefined) this.code = code;
  }
}

/** What the journal keeps of an error: enough to throw its like again. */
export function failureOf(error: unknown): JournalFailure {
  if (!(error instanceof Error)) return { message: String(error), visible: false };
  const { code } = error as { code?: unknown };
  return {
    message: error.message,
    visible: error instanceof ToolError,
    // Another library's error of that name is not for the client, on a replay either.
    name: error.name === 'ProtocolError' && !isProtocolError(error) ? 'Error' : error.name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
  };
}

/** The error that a recorded failure stands for. */
export function revive(failure: JournalFailure, cause?: unknown): Error {
  const options = cause === undefined ? undefined : { cause };
  if (failure.visible) return new ToolError(failure.message, options);
  if (failure.name === 'ProtocolError' && typeof failure.code === 'number') {
    return new ProtocolError(failure.code, failure.message);
  }
  return new StepError(failure, options);
}

// Errors of ours that say nothing but what whoever called can act on; all others are the author's business.
const VISIBLE: ReadonlySet<string> = new Set([
  'NON_DETERMINISM',
  'STEP_INTERRUPTED',
  'JOURNAL_ENTRY_TOO_LARGE',
  'JOURNAL_FULL',
  'STORE_VALUE_TOO_LARGE',
  'TOO_MANY_CHILDREN',
  'CLIENT_CANNOT',
  'ELICITATION_EXPIRED',
  'ELICITATION_INVALID',
  'ANSWER_INVALID',
  'ANSWER_TOO_LARGE',
  'RESULT_TOO_LARGE',
  'AGENT_OUTPUT_INVALID',
  'MODEL_UNAVAILABLE',
  'MODEL_REFUSED',
  'REMOTE_SERVER_UNAVAILABLE',
]);

/** Of a visible error: whether the server's author should know of it, and whether another attempt may go well. */
const OF_OTHERS: ReadonlyMap<unknown, { readonly retryable: boolean }> = new Map([
  ['MODEL_UNAVAILABLE', { retryable: true }],
  ['MODEL_REFUSED', { retryable: false }],
  ['REMOTE_SERVER_UNAVAILABLE', { retryable: true }],
]);

/** What is to be done about an error of a service that is not ours, beside showing its message; undefined for all other errors. */
export function foreignFailure(error: unknown): { readonly retryable: boolean } | undefined {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  return name === 'PerduraError' ? OF_OTHERS.get(code) : undefined;
}

/** The message of an error that may leave the server; undefined for all others. */
export function visibleMessage(error: unknown): string | undefined {
  if (error instanceof ToolError) return error.message;
  // A replayed failure has the name and the code, not the class.
  const ours = error instanceof PerduraError || (error instanceof StepError && error.name === 'PerduraError');
  return ours && VISIBLE.has(String(error.code)) ? error.message : undefined;
}
