import type { ElicitRequestFormParams } from '../spec.js';
import { BootError, PerduraError } from '../errors.js';
import type { SchemaSource } from '../metadata/options.js';
import { compileSchema } from './compile-schema.js';
import { typesOf } from './merge-keywords.js';
import { isObject } from './plain.js';
import type { JsonSchema, Schema } from './schema.js';
import { looksSecret } from './secret-names.js';

/** A form: what the client is asked to show, and what its answer is checked against. */
export interface FormSchema<T = unknown> {
  /** The restricted schema of `elicitation/create` (`client/elicitation`, "Requested Schema"). */
  readonly requestedSchema: ElicitRequestFormParams['requestedSchema'];
  /** Checks the fields of the form against the whole shape, also against what a form cannot say; others are left out. */
  validate: Schema<T>['validate'];
}

const FORMATS = new Set<unknown>(['email', 'uri', 'date', 'date-time']);
const ANNOTATIONS = ['title', 'description', 'default'];

/**
 * Compiles the shape of a form. A form is a flat object of strings, numbers, booleans and choices; the defaults of
 * its fields are sent along (SEP-1034), and an enum whose names differ from its values shows the names (SEP-1330).
 *
 * @throws BootError with every field that a form cannot show, or that looks like a secret
 */
export function formSchema<T>(source: SchemaSource<T>): FormSchema<T> {
  const schema = compileSchema(source, { role: 'form' });
  const mistakes: PerduraError[] = [];
  const properties: Record<string, JsonSchema> = {};
  for (const [name, property] of Object.entries((schema.json['properties'] ?? {}) as Record<string, JsonSchema>)) {
    const shown = fieldOf(property);
    if (looksSecret(name) || looksSecret(String(property['title'] ?? ''))) {
      mistakes.push(PerduraError.of('SECRET_FORM_FIELD', name));
    } else if (typeof shown === 'string') mistakes.push(PerduraError.of('INVALID_FORM_FIELD', name, shown));
    else properties[name] = shown;
  }
  if (mistakes.length > 0) throw new BootError(mistakes);
  const required = schema.json['required'];
  const requestedSchema = { type: 'object', properties, ...(required === undefined ? {} : { required }) };
  const fields = Object.keys(properties);
  return {
    requestedSchema: requestedSchema as FormSchema['requestedSchema'],
    // A form cannot forbid other fields, so a client that adds one has been told of no rule that it breaks.
    validate: (value) => schema.validate(isObject(value) ? pick(value, fields) : value),
  };
}

/** A field as a form may have it, or why it may not. */
function fieldOf(given: JsonSchema): JsonSchema | string {
  // Some vendors leave the type of a choice to its values.
  const [type, another] = typesOf(given) ?? [];
  const property: JsonSchema = another === undefined && type !== undefined ? { ...given, type } : given;
  switch (property['type']) {
    case 'boolean':
      return pick(property, ['type', ...ANNOTATIONS]);
    case 'number':
    case 'integer':
      if ('enum' in property || 'const' in property) return 'is a choice of numbers';
      return { ...pick(property, ['type', ...ANNOTATIONS, 'minimum', 'maximum']), ...wholeBounds(property) };
    case 'string':
      return stringOf(property);
    case 'array':
      return manyOf(property);
    default:
      return typeof property['type'] === 'string' ? `is ${property['type']}, which is not flat` : 'has no single type';
  }
}

function stringOf(property: JsonSchema): JsonSchema | string {
  if ('const' in property) return { ...pick(property, ['type', ...ANNOTATIONS]), enum: [property['const']] };
  const choice = choiceOf(property, 'oneOf');
  // `enumNames` is how names were written before SEP-1330; clients still read it.
  const names = choice !== undefined && 'enum' in choice ? ['enumNames'] : [];
  if (choice !== undefined) return { ...pick(property, ['type', ...ANNOTATIONS, ...names]), ...choice };
  if ('enum' in property || 'oneOf' in property) return 'is a choice of something other than strings';
  const shown = pick(property, ['type', ...ANNOTATIONS, 'minLength', 'maxLength']);
  // A pattern, or a format that forms do not know, is not sent: the answer is still checked against it.
  return FORMATS.has(property['format']) ? { ...shown, format: property['format'] } : shown;
}

function manyOf(property: JsonSchema): JsonSchema | string {
  const items = (property['items'] ?? {}) as JsonSchema;
  const choice = choiceOf(items, 'anyOf') ?? choiceOf(items, 'oneOf');
  const titled = choice?.['anyOf'] ?? choice?.['oneOf'];
  const choices = titled === undefined ? choice && { type: 'string', ...choice } : { anyOf: titled };
  if (choices === undefined) return 'is a list of something other than choices';
  return { ...pick(property, ['type', ...ANNOTATIONS, 'minItems', 'maxItems']), items: choices };
}

function choiceOf(json: JsonSchema, keyword: 'oneOf' | 'anyOf'): JsonSchema | undefined {
  const values = json['enum'];
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return { enum: values };
  const options = json[keyword];
  const isTitled = (option: JsonSchema): boolean => typeof option['const'] === 'string';
  if (!Array.isArray(options) || !options.every(isTitled)) return undefined;
  const titled = (options as readonly JsonSchema[]).map((option) => ({
    const: option['const'],
    title: option['title'] ?? option['const'],
  }));
  return { [keyword]: titled };
}

/** The bounds of whole numbers in the only words that forms have: more than 0 is at least 1. */
function wholeBounds({ type, exclusiveMinimum, exclusiveMaximum }: JsonSchema): JsonSchema {
  if (type !== 'integer') return {};
  return {
    ...(typeof exclusiveMinimum === 'number' ? { minimum: Math.floor(exclusiveMinimum) + 1 } : {}),
    ...(typeof exclusiveMaximum === 'number' ? { maximum: Math.ceil(exclusiveMaximum) - 1 } : {}),
  };
}

function pick(json: JsonSchema, keywords: readonly string[]): JsonSchema {
  const present = keywords.filter((keyword) => Object.hasOwn(json, keyword));
  return Object.fromEntries(present.map((keyword) => [keyword, json[keyword]]));
}
