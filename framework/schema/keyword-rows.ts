import type { JsonSchema, SchemaRole } from './schema.js';

/** Where a rule stands, as far as its keywords depend on it. */
export interface Place {
  readonly role: SchemaRole;
  /** The JSON types that the other rules of the place leave; undefined where any may come. */
  readonly types: ReadonlySet<string> | undefined;
  /** Whether the place is the element of a list. */
  readonly element: boolean;
  /** Whether the place is a list whose elements are all strings, numbers or booleans. */
  readonly scalarElements: boolean;
}

/** A rule in JSON Schema's words. */
export interface Expressed {
  readonly json: JsonSchema;
  /** Whether the keywords say all that the rule says; if not, class-validator's rule runs as well. */
  readonly exact: boolean;
}

/** One decorator of class-validator. */
export interface KeywordRow {
  /** The name of the rule in class-validator's metadata. */
  readonly rule: string;
  /** Whether the keywords say the whole rule: always, never, or depending on its arguments. */
  readonly coverage: 'whole' | 'part' | 'depends';
  keywords(args: readonly unknown[], place: Place): Expressed;
}

type Keywords = (args: readonly unknown[], place: Place) => JsonSchema | undefined;

/** A row whose keywords say all that the rule says. */
export function whole(rule: string, json: JsonSchema): KeywordRow {
  return { rule, coverage: 'whole', keywords: () => ({ json, exact: true }) };
}

/** A row whose keywords are a hint that holds for every value the rule accepts; class-validator decides. */
export function part(rule: string, json: JsonSchema): KeywordRow {
  return { rule, coverage: 'part', keywords: () => ({ json, exact: false }) };
}

/**
 * A row about strings whose format is a hint for whoever writes one: the rule accepts more than the format, such as a URL without
 * `https://`. So an output, whose formats clients hold a result against, goes without it.
 */
export function hinted(rule: string, formatOf: (args: readonly unknown[]) => string | undefined): KeywordRow {
  return {
    rule,
    coverage: 'part',
    keywords: (args, { role }) => {
      const format = role === 'output' ? undefined : formatOf(args);
      return { json: { type: 'string', ...(format === undefined ? {} : { format }) }, exact: false };
    },
  };
}

/** A row that says the whole rule where `exact` finds keywords for its arguments, and otherwise `hint`. */
export function depends(
  rule: string,
  hint: JsonSchema,
  exact: Keywords,
  coverage: KeywordRow['coverage'] = 'depends',
): KeywordRow {
  return {
    rule,
    coverage,
    keywords: (args, place) => {
      const json = exact(args, place);
      return json === undefined ? { json: hint, exact: false } : { json, exact: true };
    },
  };
}

/** A row about strings that match a pattern. */
export function text(rule: string, pattern?: string): KeywordRow {
  return pattern === undefined ? part(rule, { type: 'string' }) : whole(rule, { type: 'string', pattern });
}

/** A bound of numbers that is a keyword whenever it is a finite number. */
export function bound(rule: string, keyword: string): KeywordRow {
  return depends(rule, { type: 'number' }, ([limit]) =>
    Number.isFinite(limit) ? { type: 'number', [keyword]: limit } : undefined,
  );
}

/** A bound of a length that is a keyword whenever JSON Schema can have it for one. */
export function lengthBound(rule: string, type: string, keyword: string): KeywordRow {
  return depends(rule, { type }, ([limit]) => (isLength(limit) ? { type, [keyword]: limit } : undefined));
}

/** Whether JSON Schema takes it for a length: a schema with any other is refused as a whole. */
export function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The keywords of a closed set of values; what JSON cannot hold can never be sent, so it is left out. */
export function oneOf(values: readonly unknown[]): JsonSchema {
  const scalars = [...new Set(values.filter(isScalar))];
  if (scalars.length === 0) return { not: {} };
  const types = [...new Set(scalars.map(typeOf))];
  return { type: types.length === 1 ? types[0] : types, enum: scalars };
}

/** The keywords of a titled choice, as forms show them (SEP-1330). */
export function titledOneOf(titles: ReadonlyMap<unknown, string>, place: Place): JsonSchema {
  const choices = [...titles].map(([value, title]) => ({ const: value, title }));
  return place.element ? { anyOf: choices } : { type: 'string', oneOf: choices };
}

/** The values of an enum with their names; the reverse names of a numeric enum are no values of it. */
export function enumValues(entity: Readonly<Record<string, unknown>>): ReadonlyMap<unknown, string> {
  const isReverse = (key: string): boolean => {
    const name = entity[key];
    return typeof name === 'string' && String(Number(key)) === key && entity[name] === Number(key);
  };
  return new Map(
    Object.keys(entity)
      .filter((key) => !isReverse(key))
      .map((key) => [entity[key], key]),
  );
}

/** Whether JSON has the value as a scalar. */
export function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}

/** A text as a regular expression that matches it, valid with the `u` flag. */
export function literal(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function typeOf(value: string | number | boolean | null): string {
  return value === null ? 'null' : typeof value;
}
