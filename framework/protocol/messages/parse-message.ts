import { withinBudget } from '../../schema/budget.js';
import type { RequestId } from '../../spec.js';
import { errorAnswer } from './answer.js';
import type { Answer } from './exchange.js';
import { CODE, type JsonRpcNotification, type JsonRpcRequest, type JsonRpcResponse } from './json-rpc.js';
import { isTextOverBudget } from './text-budget.js';

/** One inbound message, told apart; what is no message comes with the answer to give. */
export type ParsedMessage =
  | { readonly kind: 'request'; readonly message: JsonRpcRequest }
  | { readonly kind: 'notification'; readonly message: JsonRpcNotification }
  | { readonly kind: 'response'; readonly message: JsonRpcResponse }
  | { readonly kind: 'invalid'; readonly answer: Answer };

/** The most levels and values of a message: read before anything else looks at it. */
const BUDGET = { depth: 64, nodes: 10_000 } as const;
/** Where even parsing would take too long. Below it, the answer can name the request's id. */
const FLOOD = { depth: 1_000, nodes: 40_000 } as const;
const TOO_LARGE = 'The message is nested too deeply or holds too many values.';

/**
 * Reads one JSON-RPC message. Refuses what is not JSON (-32700), and with -32600 batches (neither revision has
 * them), ids that are not a string or a safe integer, params that are no object, values nested too deeply or too many,
 * and objects with a `__proto__` key.
 */
export function parseMessage(text: string): ParsedMessage {
  if (isTextOverBudget(text, FLOOD)) return invalid(undefined, TOO_LARGE);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the text; they are not for the wire.
    return invalid(undefined, 'Parse error: the message is not valid JSON.', CODE.parseError);
  }
  if (!isObject(value)) {
    return invalid(undefined, Array.isArray(value) ? 'Batches are not supported; send one message.' : 'Not an object.');
  }
  const id = isRequestId(value['id']) ? value['id'] : undefined;
  if (!withinBudget(value, BUDGET)) return invalid(id, TOO_LARGE);
  // Looked for in the text first: an escaped spelling of the key needs a backslash.
  if ((text.includes('__proto__') || text.includes('\\u')) && hasPrototypeKey(value)) {
    return invalid(id, 'The message has a key that is not allowed.');
  }
  if (value['jsonrpc'] !== '2.0') return invalid(id, '"jsonrpc" must be "2.0".');
  return 'method' in value ? call(value, id) : response(value, id);
}

function call(value: Record<string, unknown>, id: RequestId | undefined): ParsedMessage {
  if (typeof value['method'] !== 'string') return invalid(id, '"method" must be a string.');
  if ('result' in value || 'error' in value) return invalid(id, 'A message has either a method or an outcome.');
  const { params } = value;
  if (params !== undefined && !isObject(params)) return invalid(id, '"params" must be an object.');
  if (!('id' in value)) return { kind: 'notification', message: value as unknown as JsonRpcNotification };
  if (id === undefined) return invalid(undefined, '"id" must be a string or an integer.');
  return { kind: 'request', message: value as unknown as JsonRpcRequest };
}

function response(value: Record<string, unknown>, id: RequestId | undefined): ParsedMessage {
  const { result, error } = value;
  const wellFormed =
    error === undefined
      ? id !== undefined && isObject(result)
      : result === undefined &&
        (id !== undefined || value['id'] === undefined || value['id'] === null) &&
        isObject(error) &&
        Number.isInteger(error['code']) &&
        typeof error['message'] === 'string';
  if (!wellFormed) return invalid(id, 'Neither a request, a notification nor a response.');
  return { kind: 'response', message: value as unknown as JsonRpcResponse };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A larger integer would come back as another number, and the client would not know its own request. */
export function isRequestId(value: unknown): value is RequestId {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

// Only after the budget: then the recursion is as shallow as the budget's depth.
function hasPrototypeKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasPrototypeKey);
  return Object.hasOwn(value, '__proto__') || Object.values(value).some(hasPrototypeKey);
}

function invalid(id: RequestId | undefined, message: string, code: number = CODE.invalidRequest): ParsedMessage {
  return { kind: 'invalid', answer: errorAnswer(id, { code, message }, 400) };
}
