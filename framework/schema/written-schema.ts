import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { SchemaSource } from '../metadata/options.js';
import type { JsonSchema } from './schema.js';

// Symbol.for: a second copy of the package (ESM beside CJS) must know the sources of the first.
export const WRITTEN = Symbol.for('perdura:json-schema');

/** What a JSON Schema that was written by hand is: the schema, and the Standard Schema it was written for, if any. */
export interface Written<T = unknown> {
  readonly json: JsonSchema;
  readonly inner: StandardSchemaV1<unknown, T> | undefined;
}

/** A shape whose JSON Schema was written by hand; a Standard Schema itself. */
export interface WrittenSchema<T = unknown> extends StandardSchemaV1<T, T> {
  readonly [WRITTEN]: Written<T>;
}

/** What was written, if the source is one of `jsonSchema`. */
export function writtenOf<T>(source: SchemaSource<T>): Written<T> | undefined {
  return (source as Partial<WrittenSchema<T>>)[WRITTEN];
}
