import type { StandardSchemaV1 } from '@standard-schema/spec';
import { BootError, PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { SchemaSource } from '../metadata/options.js';
import { checkJsonSchema } from './check-json-schema.js';
import { checkPatterns } from './check-patterns.js';
import { compileDto } from './compile-dto.js';
import { compileStandard, compileWritten } from './compile-standard.js';
import type { Schema, SchemaRole } from './schema.js';
import { writtenOf } from './written-schema.js';

export interface CompileOptions {
  /** What the shape is for. Default `'input'`. */
  readonly role?: SchemaRole;
  /** What messages call a shape that has no name of its own, such as a zod schema. */
  readonly name?: string;
}

/**
 * Compiles a shape once, at boot: its JSON Schema 2020-12, and the functions that check, hydrate and serialise
 * values of it. It loads nothing that the first call does not need.
 *
 * @param source a class with class-validator decorators, a Standard Schema (zod, arktype, ...) or `jsonSchema(...)`
 * @throws BootError with every mistake of the shape, each naming class, field and fix
 */
export function compileSchema<T>(source: SchemaSource<T>, options: CompileOptions = {}): Schema<T> {
  const { role = 'input', name = nameOf(source) } = options;
  const mistakes: PerduraError[] = [];
  const schema = compile(source, { role, name }, mistakes);
  if (schema !== undefined) mistakes.push(...wrongJson(schema, name, role));
  if (schema === undefined || mistakes.length > 0) throw new BootError(mistakes);
  return schema;
}

/** What is wrong with a schema as it would be published. */
function wrongJson({ source, json }: Schema, name: string, role: SchemaRole): readonly PerduraError[] {
  const mistakes = checkJsonSchema(json, name, role);
  // Expressions of a DTO were told of with its fields, a vendor's are the vendor's to run, and too many are not looked at.
  const isLeft = writtenOf(source) !== undefined && !mistakes.some(({ code }) => code === 'SCHEMA_TOO_LARGE');
  return isLeft ? [...mistakes, ...checkPatterns(json, name)] : mistakes;
}

function compile<T>(
  source: SchemaSource<T>,
  options: { readonly role: SchemaRole; readonly name: string },
  mistakes: PerduraError[],
): Schema<T> | undefined {
  try {
    if (isStandard(source)) {
      const written = writtenOf(source);
      return written === undefined ? compileStandard(source, options) : compileWritten(source, written, options);
    }
    if (isClass(source)) return compileDto(source as Class, options, mistakes) as Schema<T>;
    mistakes.push(PerduraError.of('NOT_A_SHAPE', given(source)));
  } catch (error) {
    if (!(error instanceof PerduraError)) throw error;
    mistakes.push(error);
  }
  return undefined;
}

function given(source: unknown): string {
  if (source === null) return 'null';
  const parts = typeof source === 'object' ? Object.values(source as object) : [];
  // What the official SDK's first version takes as `inputSchema`.
  if (parts.some((part: SchemaSource) => typeof part === 'object' && isStandard(part))) {
    return 'an object of schemas, which z.object({ ... }) would make one schema of,';
  }
  return `a value of type ${typeof source}`;
}

// Asked first: the schemas of arktype are functions too.
function isStandard<T>(source: SchemaSource<T>): source is StandardSchemaV1<unknown, T> {
  return source !== null && ['object', 'function'].includes(typeof source) && '~standard' in source;
}

function isClass(source: unknown): source is Class {
  return typeof source === 'function' && typeof source.prototype === 'object';
}

function nameOf(source: SchemaSource): string {
  if (isClass(source) && !isStandard(source)) return source.name || 'an anonymous class';
  return isStandard(source) ? `the ${source['~standard'].vendor} schema` : 'the shape';
}
