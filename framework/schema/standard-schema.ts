import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import { PerduraError } from '../errors.js';
import { MOST_ISSUES } from './checker.js';
import { isObject } from './plain.js';
import type { JsonSchema, SchemaRole, Validation } from './schema.js';
import { standardIssue } from './standard-issue.js';

/**
 * The JSON Schema that a vendor gives for its schema (Standard JSON Schema 1.1): zod 4.2 and arktype 2.1.28 do.
 * @throws PerduraError `NO_JSON_SCHEMA` where it gives none
 */
export function jsonSchemaOf(source: StandardSchemaV1, role: SchemaRole): JsonSchema {
  const standard = source['~standard'] as StandardSchemaV1.Props & Partial<StandardJSONSchemaV1.Props>;
  if (standard.jsonSchema === undefined) {
    throw PerduraError.of('NO_JSON_SCHEMA', standard.vendor, 'it does not implement Standard JSON Schema');
  }
  try {
    const convert = role === 'output' ? standard.jsonSchema.output : standard.jsonSchema.input;
    const json = convert({ target: 'draft-2020-12' });
    // A form shows the properties of one object.
    return role !== 'form' && json['type'] === undefined && isObjectShape(json) ? { type: 'object', ...json } : json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw PerduraError.of('NO_JSON_SCHEMA', standard.vendor, reason);
  }
}

/** Whether only objects can fit: an object, or a union or intersection of such, of which vendors do not say the type. */
function isObjectShape(json: unknown): boolean {
  if (!isObject(json)) return false;
  if (json['type'] !== undefined) return json['type'] === 'object';
  const isOneOf = (branches: unknown): boolean =>
    Array.isArray(branches) && branches.length > 0 && branches.every(isObjectShape);
  return (
    isOneOf(json['oneOf']) ||
    isOneOf(json['anyOf']) ||
    (Array.isArray(json['allOf']) && json['allOf'].some(isObjectShape))
  );
}

/** Lets the vendor validate. Its promise, if any, is passed on. */
export function validateStandard<T>(
  source: StandardSchemaV1<unknown, T>,
  value: unknown,
): Validation<T> | Promise<Validation<T>> {
  const validationOf = (result: StandardSchemaV1.Result<T>): Validation<T> =>
    result.issues === undefined
      ? { ok: true, value: result.value }
      : { ok: false, issues: result.issues.slice(0, MOST_ISSUES).map((issue) => standardIssue(issue, value)) };
  const result = source['~standard'].validate(value);
  return result instanceof Promise ? result.then(validationOf) : validationOf(result);
}
