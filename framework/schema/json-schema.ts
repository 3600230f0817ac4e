import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SchemaSource } from '../metadata/options.js';
import { compileSchema } from './compile-schema.js';
import type { JsonSchema, Validation } from './schema.js';
import { WRITTEN, type WrittenSchema } from './written-schema.js';

/**
 * Takes a JSON Schema 2020-12 as a shape. It goes on the wire exactly as it is written, and values are checked
 * against it. Give a Standard Schema first where its vendor offers no JSON Schema (valibot): then a value must pass
 * both, and what the Standard Schema returns is the value.
 *
 * @example jsonSchema<{ id: string }>({ type: 'object', properties: { id: { type: 'string' } }, required: ['id'] })
 */
export function jsonSchema<T = unknown>(json: JsonSchema): SchemaSource<T>;
export function jsonSchema<T>(schema: StandardSchemaV1<unknown, T>, json: JsonSchema): SchemaSource<T>;
export function jsonSchema<T>(first: JsonSchema | StandardSchemaV1<unknown, T>, second?: JsonSchema): SchemaSource<T> {
  const json = second ?? (first as JsonSchema);
  const inner = second === undefined ? undefined : (first as StandardSchemaV1<unknown, T>);
  const source: WrittenSchema<T> = {
    [WRITTEN]: { json, inner },
    '~standard': {
      version: 1,
      vendor: 'perdura',
      validate: async (value) => asStandard(await compileSchema(source, { role: 'output' }).validate(value)),
    },
  };
  return source;
}

function asStandard<T>(result: Validation<T>): StandardSchemaV1.Result<T> {
  if (result.ok) return { value: result.value };
  const stepsOf = (path: string): string[] => path.split(/[.[\]]+/).filter((step) => step !== '');
  return { issues: result.issues.map(({ path, message }) => ({ message, path: stepsOf(path) })) };
}
