import type { StandardSchemaV1 } from '@standard-schema/spec';
import { PerduraError } from '../errors.js';
import type { SchemaSource } from '../metadata/options.js';
import { withinBudget } from './budget.js';
import { type Checker, checkerOf } from './checker.js';
import { cleanCopy, NotJson, toJson } from './plain.js';
import type { Schema, SchemaRole, Validation } from './schema.js';
import { TOO_LARGE } from './sentences.js';
import { jsonSchemaOf, validateStandard } from './standard-schema.js';
import type { Written } from './written-schema.js';

interface Options {
  readonly role: SchemaRole;
  readonly name: string;
}

/** A Standard Schema whose vendor gives the JSON Schema: the vendor validates, and nothing else is loaded. */
export function compileStandard<T>(source: StandardSchemaV1<unknown, T>, { role }: Options): Schema<T> {
  const validate = (value: unknown): Validation<T> | Promise<Validation<T>> =>
    withinBudget(value) ? validateStandard(source, value) : tooLarge();
  return {
    source,
    json: jsonSchemaOf(source, role),
    validate,
    serialise: (value) => {
      const result = validateStandard(source, value);
      return result instanceof Promise ? result.then(asJson) : asJson(result);
    },
    prepare: () => Promise.resolve(),
  };
}

/** A JSON Schema that was written by hand, alone or for a Standard Schema beside it. */
export function compileWritten<T>(source: SchemaSource<T>, { json, inner }: Written<T>, { name }: Options): Schema<T> {
  if (!isJson(json))
    throw PerduraError.of('INVALID_JSON_SCHEMA', name, 'it has a cycle, a bigint or too many levels in it');
  const checker = checkerOf({ name, json, emitted: false });
  const accept = (value: unknown): Validation<T> | Promise<Validation<T>> =>
    inner === undefined ? { ok: true, value: cleanCopy(value) as T } : validateStandard(inner, value);
  const send = (result: Validation<unknown>): Validation<unknown> | Promise<Validation<unknown>> => {
    const plain = asJson(result);
    return plain.ok ? checked(checker, plain.value, () => plain) : plain;
  };
  return {
    source,
    json,
    validate: (value) => (withinBudget(value) ? checked(checker, value, accept) : tooLarge()),
    serialise: (value) => {
      const result = inner === undefined ? { ok: true as const, value } : validateStandard(inner, value);
      return result instanceof Promise ? result.then(send) : send(result);
    },
    prepare: () => checker.prepare(),
  };
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/** Checks a value, now if the checker is there and otherwise as soon as it is, and goes on with it if it passed. */
export function checked<T>(
  checker: Checker,
  value: unknown,
  accept: (value: unknown) => Validation<T> | Promise<Validation<T>>,
): Validation<T> | Promise<Validation<T>> {
  if (!checker.isReady) return checker.prepare().then(() => checked(checker, value, accept));
  const issues = checker.check(value);
  return issues === undefined ? accept(value) : { ok: false, issues };
}

/** The JSON value that is made, or the issue that there is none. */
export function jsonOf(make: () => unknown): Validation<unknown> {
  try {
    return { ok: true, value: make() };
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return { ok: false, issues: [{ path: '', message: 'holds what JSON cannot: a cycle, a Map, a bigint or NaN' }] };
  }
}

export function tooLarge(): Validation<never> {
  return { ok: false, issues: [{ path: '', message: TOO_LARGE }] };
}

function asJson(result: Validation<unknown>): Validation<unknown> {
  return result.ok ? jsonOf(() => toJson(result.value)) : result;
}
