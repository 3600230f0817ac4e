import { createHash } from 'node:crypto';

/** A short digest that is equal for values which JSON carries alike, whatever the order of their keys. 128 bits. */
export function fingerprint(value: unknown): string {
  const text = JSON.stringify(value, sortKeys) ?? '';
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

const known = new WeakMap<object, string>();

/** The same of an object that nobody changes any more and that is asked about often, such as a message of a conversation. */
export function fingerprintOnce(value: object): string {
  let print = known.get(value);
  if (print === undefined) known.set(value, (print = fingerprint(value)));
  return print;
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
