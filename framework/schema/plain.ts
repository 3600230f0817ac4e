/** Thrown by `toJson` for what JSON cannot hold. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** The most levels that a value of a handler may have: deeper ones are taken for cycles. */
export const MOST_LEVELS = 64;

/** Whether a JSON value is an object, and no list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The names through which a copied object could reach the prototypes of others. */
function isPolluting(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

/** Copies a JSON value without the keys that could reach a prototype. The value's depth is bounded beforehand. */
export function cleanCopy(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((element) => cleanCopy(element));
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (!isPolluting(key)) copy[key] = cleanCopy((value as Record<string, unknown>)[key]);
  }
  return copy;
}

/**
 * The JSON value that a value of a handler stands for: sets become arrays, dates ISO 8601, `toJSON` is honoured,
 * and what `JSON.stringify` would leave out is undefined.
 * @throws NotJson for cycles, bigints, maps and numbers that JSON lacks
 */
export function toJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) throw new NotJson();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (value === null || typeof value !== 'object') return value;
  if (depth > MOST_LEVELS || value instanceof Map) throw new NotJson();
  if (value instanceof Date) return isoOf(value);
  if (value instanceof Set) return toJson([...value], depth);
  if (Array.isArray(value)) return value.map((element) => toJson(element, depth + 1) ?? null);
  if ('toJSON' in value && typeof value.toJSON === 'function') return toJson(value.toJSON(), depth + 1);
  const json: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const plain = isPolluting(key) ? undefined : toJson(member, depth + 1);
    if (plain !== undefined) json[key] = plain;
  }
  return json;
}

function isoOf(date: Date): string {
  if (Number.isNaN(date.getTime())) throw new NotJson();
  return date.toISOString();
}
