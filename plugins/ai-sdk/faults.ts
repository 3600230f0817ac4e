import { PerduraError } from 'perdura';
import { retryAfter } from 'perdura/plugins/models';

/** What the AI SDK's errors of calls to providers have, whichever package they come from. */
interface CallError {
  readonly message: string;
  readonly statusCode?: number;
  readonly isRetryable: boolean;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

/** An error of the SDK's as one that `retry()`, lists of models and users understand; any other as it is. */
export function faultOf(model: string, error: unknown): unknown {
  if ((error as { readonly name?: unknown }).name === 'AI_ToolChoiceViolationError') {
    return PerduraError.from(error, 'MODEL_UNAVAILABLE', model, 'it called no tool where it had to');
  }
  if (!isCallError(error)) return error;
  const { message, statusCode, isRetryable, responseHeaders = {} } = error;
  const reason = statusCode === undefined ? 'the connection failed' : `HTTP ${statusCode}`;
  // The error itself holds the whole conversation, which belongs into no report.
  const cause = new Error(`The provider said: ${message.slice(0, 4096)}`);
  return isRetryable
    ? PerduraError.from(
        cause,
        'MODEL_UNAVAILABLE',
        model,
        reason,
        retryAfter((header) => responseHeaders[header]),
      )
    : PerduraError.from(cause, 'MODEL_REFUSED', model, reason);
}

function isCallError(error: unknown): error is CallError {
  return error instanceof Error && typeof (error as { readonly isRetryable?: unknown }).isRetryable === 'boolean';
}
