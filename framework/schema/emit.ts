import { asRegExp, costOf, LONGEST_QUADRATIC } from './regular-expressions.js';
import { type ClassShape, type FieldShape, type Patterns, type PlaceShape, placesOf, reachable } from './dto-shape.js';
import type { Rule } from './rules.js';
import type { JsonSchema } from './schema.js';

/** The JSON Schema of a DTO, and what its checker has to know beside it. */
export interface Emitted {
  readonly json: JsonSchema;
  /** The rule with a `message` of the user's own behind a keyword, by the keyword's JSON pointer from the root. */
  readonly owners: ReadonlyMap<string, Rule>;
  readonly patterns: Patterns;
}

/**
 * Puts a graph of classes in JSON Schema 2020-12. A nested class stands where it is used, because headers must be
 * reachable without `$ref` (SEP-2243); one that is used twice, or holds itself, is kept once under `$defs`.
 */
export function emit(root: ClassShape): Emitted {
  const owners = new Map<string, Rule>();
  const names = sharedNames(root);
  const classAt = (shape: ClassShape, pointer: string): JsonSchema => {
    const properties = shape.fields.map((field) => [field.name, fieldAt(field, `${pointer}/properties/${field.name}`)]);
    const required = shape.fields.filter((field) => field.required).map((field) => field.name);
    return {
      type: 'object',
      properties: Object.fromEntries(properties) as JsonSchema,
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    };
  };
  const fieldAt = ({ place, list, annotations }: FieldShape, pointer: string): JsonSchema => {
    const { type, ...rest } = placeAt(place, pointer);
    const typed = type === undefined ? {} : { type };
    if (list === undefined) return { ...typed, ...annotations, ...rest };
    return { ...typed, ...annotations, ...rest, items: placeAt(list.element, `${pointer}/items`) };
  };
  const placeAt = (place: PlaceShape, pointer: string): JsonSchema => {
    for (const [keyword, rule] of place.owners) owners.set(`${pointer}/${keyword}`, rule);
    if (place.kind.kind !== 'class') return place.json;
    const { shape } = place.kind;
    const name = shape === root ? undefined : names.get(shape);
    const nested = shape === root ? { $ref: '#' } : name ? { $ref: `#/$defs/${name}` } : classAt(shape, pointer);
    return { ...place.json, ...nested };
  };
  const json = classAt(root, '#');
  const shared = [...names].map(([shape, name]) => [name, classAt(shape, `#/$defs/${name}`)]);
  const $defs = shared.length === 0 ? {} : { $defs: Object.fromEntries(shared) as JsonSchema };
  return { json: { ...json, ...$defs }, owners, patterns: patternsOf(root) };
}

/** A name under `$defs` for every class that is used more than once; the root is `#`. */
function sharedNames(root: ClassShape): ReadonlyMap<ClassShape, string> {
  const uses = new Map<ClassShape, number>();
  for (const shape of reachable(root)) {
    for (const { kind } of placesOf(shape)) {
      if (kind.kind === 'class') uses.set(kind.shape, (uses.get(kind.shape) ?? 0) + 1);
    }
  }
  const names = new Map<ClassShape, string>();
  for (const [shape, count] of uses) {
    if (shape === root || (count < 2 && !holdsItself(shape))) continue;
    const taken = new Set(names.values());
    const base = shape.target.name || 'Nested';
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}${number}`;
    names.set(shape, name);
  }
  return names;
}

function holdsItself(shape: ClassShape): boolean {
  const nested = placesOf(shape).flatMap(({ kind }) => (kind.kind === 'class' ? reachable(kind.shape) : []));
  return nested.includes(shape);
}

/** The `@Matches` expressions behind the emitted patterns: the checker runs them as they were written. */
function patternsOf(root: ClassShape): Patterns {
  const patterns = new Map<string, { expression: RegExp; longest: number }>();
  for (const { owners, json } of reachable(root).flatMap(placesOf)) {
    for (const rule of owners.values()) {
      const given = rule.name === 'matches' ? asRegExp(rule.args[0], rule.args[1]) : undefined;
      if (given === undefined || patterns.has(given.source)) continue;
      // A stateful expression (`g`) would remember where the last call ended.
      const expression = new RegExp(given.source, given.flags.replace(/[gd]/g, ''));
      // Characters beyond the basic plane are two units long; the bound is on characters.
      const longest = costOf(given) === 'linear' ? Infinity : 2 * Number(json['maxLength'] ?? LONGEST_QUADRATIC);
      patterns.set(given.source, { expression, longest });
    }
  }
  return patterns;
}
