import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { designTypeOf, propertiesOf, type PropertyRecord } from '../metadata/properties.js';
import type { ClassShape, FieldShape, Kind, Reading } from './dto-shape.js';
import { initialValues, type InitialValues } from './initial-values.js';
import { isScalarPlace, readPlace } from './read-place.js';
import { type FieldRules, fieldRulesOf } from './rules.js';
import type { JsonSchema } from './schema.js';

const NO_RULES: FieldRules = {
  ...{ rules: [], conditions: [] },
  ...{ optional: false, nested: false, nestedEach: false, promise: false },
};
const SCALAR_CLASSES = new Map<unknown, string>([
  [String, 'string'],
  [Number, 'number'],
  [Boolean, 'boolean'],
]);
const NO_DTOS = new Set<unknown>([Object, Array, Set, Map, Date, Function, Promise, RegExp, BigInt, Symbol, undefined]);

/** Reads a DTO class and every class it refers to. Mistakes are gathered in `reading`, never thrown. */
export function readClass(target: Class, reading: Reading): ClassShape {
  const known = reading.shapes.get(target);
  if (known !== undefined) return known;
  const fields: FieldShape[] = [];
  const shape: ClassShape = { target, fields };
  reading.shapes.set(target, shape); // before its fields: a class may hold itself
  const initial = initialValues(target, reading.mistakes);
  const rules = fieldRulesOf(target);
  const records = propertiesOf(target);
  const names = new Set([...rules.keys(), ...records.keys(), ...initial.names]);
  if (names.size === 0) reading.mistakes.push(PerduraError.of('NO_FIELDS', target.name));
  for (const name of names) {
    const source = { target, name, rules: rules.get(name), record: records.get(name) ?? {} };
    const field = readField(source, initial, reading);
    if (field !== undefined) fields.push(field);
  }
  return shape;
}

interface FieldSource {
  readonly target: Class;
  readonly name: string;
  /** What the field's initialiser gives. */
  readonly value?: unknown;
  readonly rules: FieldRules | undefined;
  readonly record: PropertyRecord;
}

function readField(source: FieldSource, initial: InitialValues, reading: Reading): FieldShape | undefined {
  const { name, record } = source;
  const mistake = mistakeOf(source);
  if (mistake !== undefined) {
    reading.mistakes.push(mistake);
    return undefined;
  }
  const known = source.rules ?? NO_RULES;
  const conditional = known.conditions.length > 0;
  const value = initial.valueOf(name);
  const { place, list } = readPlaces({ ...source, value }, known, reading);
  if (!conditional) initial.check(name, [place, ...(list ? [list.element] : [])], reading.mistakes);
  return {
    ...{ name, place, list, conditions: known.conditions, optional: known.optional },
    required: !known.optional && !conditional && value === undefined,
    annotations: {
      ...(record.title === undefined ? {} : { title: record.title }),
      ...(record.description === undefined ? {} : { description: record.description }),
      ...initial.defaultOf(name),
      ...(record.examples === undefined ? {} : { examples: record.examples }),
      ...(record.header === undefined ? {} : { 'x-mcp-header': record.header }),
    },
  };
}

/** The field's own place, and that of its elements where it is a list. */
function readPlaces(source: FieldSource, known: FieldRules, reading: Reading): Pick<FieldShape, 'place' | 'list'> {
  const { target, name: field } = source;
  // Under a condition any value may come while it does not hold: no keyword would be true, so none is given.
  if (known.conditions.length > 0) {
    return { list: undefined, place: { json: {}, owners: new Map(), checks: known.rules, kind: { kind: 'free' } } };
  }
  const as = listOf(source, known);
  const held = heldType(source, known, as !== undefined, reading);
  if (as === undefined) {
    return {
      list: undefined,
      place: readPlace({ target, field, rules: known.rules, element: false, ...held }, reading),
    };
  }
  const each = known.rules.filter((rule) => rule.each);
  const element = readPlace({ target, field, rules: each, element: true, ...held }, reading);
  const rules = known.rules.filter((rule) => !rule.each);
  const scalarElements = isScalarPlace(element);
  // Comparing objects takes time that grows with the square of their number: one request could take seconds.
  const base: JsonSchema = { type: 'array', ...(as === 'set' && scalarElements ? { uniqueItems: true } : {}) };
  const place = readPlace({ target, field, rules, element: false, base, kind: FREE, scalarElements }, reading);
  return { place, list: { as, element } };
}

const FREE: Kind = { kind: 'free' };
// A header carries an integer only where every reader reads the same one (specification `server/tools`).
const SAFE_INTEGERS: JsonSchema = { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER };

function listOf({ target, name, value, record }: FieldSource, known: FieldRules): 'array' | 'set' | undefined {
  const design = designTypeOf(target, name);
  if (design === Set || value instanceof Set) return 'set';
  const isList =
    design === Array ||
    Array.isArray(value) ||
    known.nestedEach ||
    known.rules.some((rule) => rule.each || /^(isArray|array[A-Z])/.test(rule.name)) ||
    SCALAR_CLASSES.has(record.type?.());
  return isList ? 'array' : undefined;
}

/** What `@Items` or the declared type says about the field's value, or about each element of its list. */
function heldType(
  { target, name, value, record }: FieldSource,
  known: FieldRules,
  isList: boolean,
  reading: Reading,
): { base: JsonSchema; kind?: Kind } {
  const declared = known.nested && !isList ? classOf(designTypeOf(target, name), value) : undefined;
  const named = record.type?.() ?? declared;
  const scalar = SCALAR_CLASSES.get(named);
  if (scalar !== undefined) return { base: { type: scalar } };
  if (typeof named === 'function') {
    return { base: {}, kind: { kind: 'class', shape: readClass(named as Class, reading) } };
  }
  if (known.nested) reading.mistakes.push(PerduraError.of('NESTED_TYPE_UNKNOWN', target.name, name));
  const mirrored = record.header !== undefined && known.rules.some((rule) => rule.name === 'isInt');
  return { base: mirrored ? SAFE_INTEGERS : {} };
}

/** The class that the compiler recorded for a nested object, or that its initialiser makes. */
function classOf(design: unknown, value: unknown): unknown {
  if (!NO_DTOS.has(design)) return design;
  const made: unknown = typeof value === 'object' && value !== null ? value.constructor : undefined;
  return NO_DTOS.has(made) ? undefined : made;
}

function mistakeOf({ target, name, rules, record }: FieldSource): PerduraError | undefined {
  const names = [target.name, name] as const;
  if (name in Object.prototype || name === 'prototype') return PerduraError.of('RESERVED_FIELD', ...names);
  if (rules === undefined && record.type === undefined) return PerduraError.of('UNVALIDATED_FIELD', ...names);
  const grouped = rules?.rules.find((rule) => rule.groups.length > 0);
  if (grouped !== undefined) return PerduraError.of('GROUPED_RULE', ...names, grouped.name);
  if (rules?.promise === true) {
    return PerduraError.of('UNSUPPORTED_RULE', ...names, '@ValidatePromise', 'Remove it and declare the value itself.');
  }
  const design = designTypeOf(target, name);
  if (design === Map) {
    const instead = 'Use a list of objects with a key and a value, or a free object with @IsObject().';
    return PerduraError.of('UNSUPPORTED_RULE', ...names, 'a Map', instead);
  }
  const nested = rules?.nested === true || typeof record.type === 'function';
  if (nested && (rules?.conditions.length ?? 0) > 0) return PerduraError.of('CONDITIONAL_NESTED', ...names);
  if (!nested && typeof design === 'function' && !NO_DTOS.has(design) && fieldRulesOf(design as Class).size > 0) {
    return PerduraError.of('NESTED_NOT_VALIDATED', ...names, design.name);
  }
  return undefined;
}
