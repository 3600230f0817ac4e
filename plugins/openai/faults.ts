import { PerduraError } from 'perdura';
import { type Fields, fieldsOf } from './json-fields.js';

/** What went wrong at the provider, beside the words for it. */
export interface Fault {
  /** Seconds after which the provider asks to be asked again. */
  readonly seconds?: number | undefined;
  /** What was thrown, or what the provider said: for the report, never for the caller. */
  readonly cause?: unknown;
}

/** A fault that may be gone when the same request is made again. */
export function unavailable(model: string, reason: string, { seconds, cause }: Fault = {}): PerduraError {
  return PerduraError.from(cause, 'MODEL_UNAVAILABLE', model, reason, seconds);
}

/** A fault that the same request meets again. */
export function refused(model: string, reason: string, cause?: unknown): PerduraError {
  return PerduraError.from(cause, 'MODEL_REFUSED', model, reason);
}

// The wire says "too many requests" of these too, but waiting does not help.
const OUT_OF_MONEY: ReadonlySet<unknown> = new Set(['insufficient_quota', 'billing_hard_limit_reached']);
const IN_THE_REQUEST: ReadonlySet<unknown> = new Set(['invalid_request_error', 'authentication_error']);
const WORTH_ANOTHER_TRY: ReadonlySet<number> = new Set([408, 409, 425, 429]);

/** What a provider answered in place of a completion. */
export interface Complaint {
  /** The HTTP status; absent where the complaint came in the middle of an answer that had begun well. */
  readonly status?: number;
  /** The body as JSON, as far as it is any. */
  readonly body: unknown;
  readonly seconds?: number | undefined;
}

/** The error that a provider's complaint stands for. `redact` takes out of its words what nobody may read. */
export function complaint(
  model: string,
  { status, body, seconds }: Complaint,
  redact: (text: string) => string,
): PerduraError {
  const error = errorIn(body);
  const stated = status ?? (typeof error['code'] === 'number' ? error['code'] : undefined);
  const name = [error['code'], error['type']].find(isName);
  const reason = [...(stated === undefined ? [] : [`HTTP ${stated}`]), ...(name === undefined ? [] : [redact(name)])];
  const words = typeof error['message'] === 'string' ? redact(error['message']).slice(0, 4096) : 'no words';
  const cause = new Error(`The provider said: ${words}`);
  const text = reason.join(', ') || 'an error in the middle of the answer';
  return isTransient(stated, error) ? unavailable(model, text, { seconds, cause }) : refused(model, text, cause);
}

function isTransient(status: number | undefined, { code, type }: Fields): boolean {
  if (OUT_OF_MONEY.has(code) || OUT_OF_MONEY.has(type)) return false;
  if (status === undefined) return !IN_THE_REQUEST.has(type);
  return status >= 500 || WORTH_ANOTHER_TRY.has(status);
}

/** Providers put it under `error`, as an object or as text, or make it the whole body. */
function errorIn(body: unknown): Fields {
  const whole = fieldsOf(body);
  const { error } = whole;
  return typeof error === 'string' ? { message: error } : error === undefined ? whole : fieldsOf(error);
}

// A name is shown to callers, words are not: so only what looks like one.
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z][\w.-]{0,63}$/.test(value);
}
