import { createHash } from 'node:crypto';
import { onceEach } from '../once-each.js';

/** A short digest that is equal for values which JSON carries alike, whatever the order of their keys. 128 bits. */
export function fingerprint(value: unknown): string {
  const text = JSON.stringify(value, sortKeys) ?? '';
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** The same of an object that nobody changes any more and that is asked about often, such as a message of a conversation. */
export const fingerprintOnce = onceEach(fingerprint);

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
