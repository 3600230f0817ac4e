import { types } from 'node:util';

/**
 * What JSON carries of the data of a log message, which must not end the call that it tells of. Errors are told by their name,
 * message, code and cause, and never by their stack; maps become objects, sets lists.
 */
export function loggable(data: unknown): unknown {
  try {
    return copyOf(data);
  } catch {
    return withoutCycles(data);
  }
}

function withoutCycles(data: unknown): unknown {
  const seen = new Set<unknown>();
  try {
    return copyOf(data, (value) => (seen.has(value) ? '(seen before)' : (seen.add(value), value)));
  } catch {
    return '(not JSON)';
  }
}

function copyOf(data: unknown, look: (value: object) => unknown = (value) => value): unknown {
  // A function, since `this` has each value as it was before its own toJSON, which may tell more of an error than is meant.
  function carried(this: Record<string, unknown>, key: string, json: unknown): unknown {
    const value = isError(this[key]) ? this[key] : json;
    if (typeof value === 'bigint') return String(value);
    return typeof value === 'object' && value !== null ? plain(look(value)) : value;
  }
  const text = JSON.stringify(data, carried) as string | undefined;
  // JSON has no undefined, and `data` is required.
  return text === undefined ? null : (JSON.parse(text) as unknown);
}

function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (!isError(value)) return value;
  const { name, message, code, cause } = value as Error & { readonly code?: unknown };
  const hasCode = typeof code === 'string' || typeof code === 'number';
  return { name, message, ...(hasCode && { code }), ...(cause !== undefined && { cause }) };
}

const isError = (value: unknown): value is Error => types.isNativeError(value) || value instanceof Error;
