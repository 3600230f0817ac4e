import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { designTypeOf, propertiesOf, type PropertyRecord } from '../metadata/properties.js';
import { wrongType } from './declared-type.js';
import type { ClassShape, FieldShape, Kind, Reading } from './dto-shape.js';
import { initialValues, type InitialValues, isReadOnly } from './initial-values.js';
import { NotJson, toJson } from './plain.js';
import { checkExpressions, isScalarPlace, kindOf, readPlace } from './read-place.js';
import { type FieldRules, fieldRulesOf } from './rules.js';
import type { JsonSchema, SchemaRole } from './schema.js';

const NO_RULES: FieldRules = {
  ...{ rules: [], conditions: [] },
  ...{ optional: false, nested: false, nestedEach: false, promise: false, grouped: undefined },
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
    const source = {
      target,
      name,
      value: initial.valueOf(name),
      rules: rules.get(name),
      record: records.get(name) ?? {},
    };
    const field = readField(source, initial, reading);
    if (field !== undefined) fields.push(field);
  }
  return shape;
}

interface FieldSource {
  readonly target: Class;
  readonly name: string;
  /** What the field's initialiser gives. */
  readonly value: unknown;
  readonly rules: FieldRules | undefined;
  readonly record: PropertyRecord;
}

function readField(source: FieldSource, initial: InitialValues, reading: Reading): FieldShape | undefined {
  const { target, name, value, record } = source;
  const mistake = mistakeOf(source, reading.role);
  if (mistake !== undefined) {
    reading.mistakes.push(mistake);
    return undefined;
  }
  const known = source.rules ?? NO_RULES;
  const conditional = known.conditions.length > 0;
  const { place, list } = readPlaces(source, known, reading);
  const wrong = wrongType(designTypeOf(target, name), { place, list }, reading.role);
  if (wrong) reading.mistakes.push(PerduraError.of('WRONG_FIELD_TYPE', target.name, name, ...wrong));
  const examples = examplesOf(source, reading);
  // class-validator takes null for absent where a field is optional.
  const absent = known.optional && value === null;
  if (!conditional && !absent) initial.check(name, [place, ...(list ? [list.element] : [])], reading);
  return {
    ...{ name, place, list, conditions: known.conditions, optional: known.optional },
    required: !known.optional && !conditional && value === undefined,
    annotations: {
      ...(record.title === undefined ? {} : { title: record.title }),
      ...(record.description === undefined ? {} : { description: record.description }),
      ...(absent ? {} : initial.defaultOf(name)),
      ...(examples === undefined ? {} : { examples }),
      ...(record.header === undefined ? {} : { 'x-mcp-header': record.header }),
    },
  };
}

function examplesOf({ target, name, record }: FieldSource, { mistakes }: Reading): readonly unknown[] | undefined {
  try {
    return record.examples?.map((example) => toJson(example));
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    const what = '@Examples with a cycle, a Map, a bigint or NaN';
    mistakes.push(PerduraError.of('UNSUPPORTED_RULE', target.name, name, what, 'Write them as JSON has them.'));
    return undefined;
  }
}

/** The field's own place, and that of its elements where it is a list. */
function readPlaces(source: FieldSource, known: FieldRules, reading: Reading): Pick<FieldShape, 'place' | 'list'> {
  const { target, name: field } = source;
  // Under a condition any value may come while it does not hold: no keyword would be true, so none is given.
  if (known.conditions.length > 0) {
    checkExpressions({ target, field, rules: known.rules }, {}, reading);
    const kind = kindOf(known.rules, undefined);
    return { list: undefined, place: { json: {}, owners: new Map(), checks: known.rules, kind } };
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
    SCALAR_CLASSES.has(itemsOf(record));
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
  const items = itemsOf(record);
  const isDate = items === Date && known.rules.some((rule) => rule.name === 'isDate');
  if (NO_DTOS.has(items) && record.type !== undefined && !isDate) {
    reading.mistakes.push(PerduraError.of('NESTED_TYPE_UNKNOWN', target.name, name));
    return { base: {} };
  }
  const named = isDate ? undefined : (items ?? declared);
  const scalar = SCALAR_CLASSES.get(named);
  if (scalar !== undefined) return { base: { type: scalar } };
  if (typeof named === 'function') {
    return { base: {}, kind: { kind: 'class', shape: readClass(named as Class, reading) } };
  }
  if (known.nested) reading.mistakes.push(PerduraError.of('NESTED_TYPE_UNKNOWN', target.name, name));
  const mirrored = record.header !== undefined && known.rules.some((rule) => rule.name === 'isInt');
  return { base: mirrored ? SAFE_INTEGERS : {} };
}

/** What `@Items` names; undefined where it names nothing, or was given a class in place of a function. */
function itemsOf({ type }: PropertyRecord): unknown {
  try {
    const named: unknown = type?.();
    return typeof named === 'function' ? named : undefined;
  } catch {
    return undefined;
  }
}

/** The class that the compiler recorded for a nested object, or that its initialiser makes. */
function classOf(design: unknown, value: unknown): unknown {
  if (!NO_DTOS.has(design)) return design;
  const made: unknown = typeof value === 'object' && value !== null ? value.constructor : undefined;
  return NO_DTOS.has(made) ? undefined : made;
}

function mistakeOf({ target, name, value, rules, record }: FieldSource, role: SchemaRole): PerduraError | undefined {
  const names = [target.name, String(name)] as const;
  // class-validator takes whatever a decorator stands on.
  if (typeof name !== 'string') {
    return PerduraError.of('UNSUPPORTED_RULE', ...names, 'a symbol for its name', 'Give it a name that is text.');
  }
  if (name in Object.prototype || name === 'prototype') return PerduraError.of('RESERVED_FIELD', ...names);
  if (rules === undefined && record.type === undefined) return PerduraError.of('UNVALIDATED_FIELD', ...names);
  if (rules?.grouped !== undefined) return PerduraError.of('GROUPED_RULE', ...names, rules.grouped);
  const unsupported = (what: string, instead: string): PerduraError =>
    PerduraError.of('UNSUPPORTED_RULE', ...names, what, instead);
  if (rules?.promise === true) return unsupported('@ValidatePromise', 'Remove it and declare the value itself.');
  const design = designTypeOf(target, name);
  if (design === Map || value instanceof Map) {
    return unsupported('a Map', 'Use a list of objects with a key and a value, or a free object with @IsObject().');
  }
  if (role !== 'output' && isReadOnly(target, name)) {
    return unsupported('a getter without a setter', 'Declare a plain field, which can be filled in.');
  }
  const isSet = design === Set || value instanceof Set;
  if (isSet && (rules?.conditions.length ?? 0) > 0) return unsupported('a Set under a condition', 'Declare a list.');
  const nested = rules?.nested === true || typeof record.type === 'function';
  if (nested && (rules?.conditions.length ?? 0) > 0) return PerduraError.of('CONDITIONAL_NESTED', ...names);
  if (!nested && isClass(design) && fieldRulesOf(design).size > 0) {
    return PerduraError.of('NESTED_NOT_VALIDATED', ...names, design.name);
  }
  return undefined;
}

/** Whether it may be a DTO. Asking class-validator takes time that grows with the number of all classes. */
function isClass(design: unknown): design is Class {
  return typeof design === 'function' && !NO_DTOS.has(design) && !SCALAR_CLASSES.has(design);
}
