import type { ErrorObject } from 'ajv';

type Params = Readonly<Record<string, unknown>>;

const ARTICLES: Readonly<Record<string, string>> = {
  ...{ string: 'a string', number: 'a number', integer: 'an integer', boolean: 'true or false' },
  ...{ object: 'an object', array: 'an array', null: 'null' },
};
const MOST_LISTED = 20;

/** What each keyword asks for, as a sentence after the name of the field. The words never repeat what was sent. */
const SENTENCES: Readonly<Record<string, (params: Params, schema: unknown) => string>> = {
  type: ({ type }) =>
    `must be ${[type]
      .flat()
      .map((name) => ARTICLES[String(name)])
      .join(' or ')}`,
  required: () => 'is required',
  additionalProperties: () => 'is not a known property',
  unevaluatedProperties: () => 'is not a known property',
  minimum: ({ limit }) => `must be at least ${limit}`,
  maximum: ({ limit }) => `must be at most ${limit}`,
  exclusiveMinimum: ({ limit }) => `must be more than ${limit}`,
  exclusiveMaximum: ({ limit }) => `must be less than ${limit}`,
  multipleOf: ({ multipleOf }) => `must be a multiple of ${multipleOf}`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must be at least ${limit} characters long`),
  maxLength: ({ limit }) => `must be at most ${count(limit, 'character')} long`,
  minItems: ({ limit }) => `must have at least ${count(limit, 'element')}`,
  maxItems: ({ limit }) => `must have at most ${count(limit, 'element')}`,
  minProperties: ({ limit }) => `must have at least ${limit} ${limit === 1 ? 'property' : 'properties'}`,
  maxProperties: ({ limit }) => `must have at most ${limit} ${limit === 1 ? 'property' : 'properties'}`,
  uniqueItems: () => 'must not have the same element twice',
  pattern: ({ pattern }) => `must match the pattern ${pattern}`,
  format: ({ format }) => `must be a valid ${format}`,
  enum: ({ allowedValues }) => `must be one of: ${listed(allowedValues as readonly unknown[])}`,
  const: ({ allowedValue }) => `must be ${JSON.stringify(allowedValue)}`,
  contains: (_, schema) => `must contain ${constantOf(schema) ?? 'a certain element'}`,
  not: (_, schema) => (constantOf(schema) ? `must not be ${constantOf(schema)}` : 'is not allowed'),
  dependentRequired: ({ missingProperty, property }) => `needs ${missingProperty} beside ${property}`,
  propertyNames: () => 'has a property name that is not allowed',
  oneOf: () => 'must match exactly one of the allowed shapes',
  anyOf: () => 'must match one of the allowed shapes',
  if: () => 'does not match the shape that its other properties ask for',
  'false schema': () => 'is not allowed',
};

/** The sentence of one of the checker's errors. `schema` is the keyword's value, where the sentence needs it. */
export function sentenceOfKeyword({ keyword, params }: ErrorObject, schema: unknown): string {
  return SENTENCES[keyword]?.(params as Params, schema) ?? `breaks the rule ${keyword}`;
}

/** The names of an object's properties, for whoever sent an unknown one. */
export function knownNames(names: readonly string[]): string {
  return names.length === 0 ? '; none are' : `; known are: ${names.slice(0, MOST_LISTED).join(', ')}${more(names)}`;
}

/** The issue of a value that is too large to be looked at. */
export const TOO_LARGE = 'is nested too deeply or has too many values';

function constantOf(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  if ('const' in schema) return JSON.stringify(schema.const);
  if ('enum' in schema && Array.isArray(schema.enum)) return `one of: ${listed(schema.enum)}`;
  if ('pattern' in schema) return `text that matches ${schema.pattern}`;
  return 'type' in schema ? ARTICLES[String(schema.type)] : undefined;
}

function listed(values: readonly unknown[]): string {
  return (
    values
      .slice(0, MOST_LISTED)
      .map((value) => JSON.stringify(value))
      .join(', ') + more(values)
  );
}

function more(values: readonly unknown[]): string {
  return values.length > MOST_LISTED ? `, and ${values.length - MOST_LISTED} more` : '';
}

function count(limit: unknown, noun: string): string {
  return `${limit} ${noun}${limit === 1 ? '' : 's'}`;
}
