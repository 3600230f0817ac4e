import type { Issue, Schema, Validation } from '../schema/schema.js';

class NoInput {}

/** The shape of a handler that takes no arguments: an empty object, as the specification recommends (`server/tools`). */
export const NO_INPUT: Schema = Object.freeze({
  source: NoInput,
  json: Object.freeze({ type: 'object', additionalProperties: false }),
  validate: check,
  serialise: check,
  prepare: () => Promise.resolve(),
});

function check(value: unknown): Validation<object> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refused('', 'must be an object');
  const [unknown] = Object.keys(value);
  return unknown === undefined ? { ok: true, value: {} } : refused('', 'takes no arguments');
}

function refused(path: string, message: string): { readonly ok: false; readonly issues: readonly Issue[] } {
  return { ok: false, issues: [{ path, message }] };
}
