import type { StandardSchemaV1 } from '@standard-schema/spec';
import { compileSchema } from './compile-schema.js';
import type { JsonSchema, Schema, Validation } from './schema.js';
import { WRITTEN, type WrittenSchema } from './written-schema.js';

/**
 * Takes a JSON Schema 2020-12 as a shape. It goes on the wire exactly as it is written, and values are checked
 * against it. Give a Standard Schema first where its vendor offers no JSON Schema (valibot): then a value must pass
 * both, and what the Standard Schema returns is the value.
 *
 * @example jsonSchema<{ id: string }>({ type: 'object', properties: { id: { type: 'string' } }, required: ['id'] })
 */
export function jsonSchema<T = unknown>(json: JsonSchema): StandardSchemaV1<T, T>;
/** The same for a Standard Schema whose vendor offers no JSON Schema: a value must pass both. */
export function jsonSchema<I, O = I>(schema: StandardSchemaV1<I, O>, json: JsonSchema): StandardSchemaV1<I, O>;
export function jsonSchema<T>(first: JsonSchema | StandardSchemaV1<T, T>, second?: JsonSchema): StandardSchemaV1<T, T> {
  const json = second ?? (first as JsonSchema);
  const inner = second === undefined ? undefined : (first as StandardSchemaV1<T, T>);
  let compiled: Schema<T> | undefined;
  const source: WrittenSchema<T> = {
    [WRITTEN]: { json, inner },
    '~standard': {
      version: 1,
      vendor: 'perdura',
      validate: async (value) => {
        compiled ??= compileSchema<T>(source, { role: 'answer' });
        return asStandard(await compiled.validate(value));
      },
    },
  };
  return source;
}

function asStandard<T>(result: Validation<T>): StandardSchemaV1.Result<T> {
  if (result.ok) return { value: result.value };
  const stepsOf = (path: string): string[] => path.split(/[.[\]]+/).filter((step) => step !== '');
  return { issues: result.issues.map(({ path, message }) => ({ message, path: stepsOf(path) })) };
}
