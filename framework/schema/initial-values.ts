import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { passes } from './check-rule.js';
import type { PlaceShape, Reading } from './dto-shape.js';
import { MOST_LEVELS, toJson } from './plain.js';
import type { Rule } from './rules.js';
import type { JsonSchema } from './schema.js';

/** What the field initialisers of a class say. */
export interface InitialValues {
  /** The fields that an instance has by itself. */
  readonly names: readonly string[];
  valueOf(field: string): unknown;
  /** The `default` keyword, where the initial value is JSON and the same every time. */
  defaultOf(field: string): JsonSchema;
  /** Finds rules that the initial value itself breaks: whoever leaves the argument out would have a handler get what no caller may send. */
  check(field: string, places: readonly PlaceShape[], reading: Pick<Reading, 'role' | 'mistakes'>): void;
}

/** Makes two instances of a class and looks at what they hold. */
export function initialValues(target: Class, mistakes: PerduraError[]): InitialValues {
  const [first, second] = [instanceOf(target), instanceOf(target)];
  if (first === undefined || second === undefined) {
    mistakes.push(PerduraError.of('DTO_NOT_CONSTRUCTIBLE', target.name));
  }
  const valueOf = (field: string): unknown =>
    isReadOnly(target, field) ? undefined : (first as Record<string, unknown> | undefined)?.[field];
  return {
    valueOf,
    // A method kept as a field is no data, and cannot come from JSON.
    names: Object.keys(first ?? {}).filter((field) => typeof valueOf(field) !== 'function'),
    defaultOf: (field) => {
      const value = jsonOf(valueOf(field));
      // A clock or a random id differs from one instance to the next: it is no default that a schema can promise.
      const again = jsonOf((second as Record<string, unknown> | undefined)?.[field]);
      const steady =
        value !== undefined && !(valueOf(field) instanceof Date) && JSON.stringify(value) === JSON.stringify(again);
      return steady ? { default: value } : {};
    },
    check: (field, places, { role, mistakes: found }) => {
      const value = valueOf(field);
      if (value === undefined || first === undefined) return;
      // What a handler returns has yet to be filled, and is checked then.
      const within = role === 'output' ? undefined : places.map((place) => brokenWithin(place, value)).find(Boolean);
      const broken = brokenRule(places, value, first) ?? within;
      if (broken !== undefined) found.push(PerduraError.of('INVALID_DEFAULT', target.name, field, broken));
    },
  };
}

function brokenRule(places: readonly PlaceShape[], value: unknown, object: object): string | undefined {
  const rules = places.flatMap(({ checks, owners }) => [...new Set([...checks, ...owners.values()])]);
  // A condition is the user's code, and asks an instance that a message has filled.
  const certain = rules.filter((rule) => rule.builtIn && rule.condition === undefined);
  return certain.find((rule) => !holds(rule, value, object))?.name;
}

/** The first rule that a nested object breaks, or one of a list of them. */
function brokenWithin({ kind }: PlaceShape, value: unknown, depth = 0): string | undefined {
  if (kind.kind !== 'class' || depth > MOST_LEVELS) return undefined;
  const { target, fields } = kind.shape;
  for (const object of listed(value)) {
    if (typeof object !== 'object' || object === null) continue;
    for (const { name, place, list, required, optional, conditions } of fields) {
      const held = (object as Record<string, unknown>)[name];
      const places = [place, ...(list ? [list.element] : [])];
      const isAbsent = held === undefined || (held === null && optional);
      if (conditions.length > 0 || (isAbsent && !required)) continue;
      const broken = isAbsent ? 'isDefined' : brokenRule(places, held, object);
      if (broken !== undefined) return `${broken} of ${target.name}.${name}`;
      const deeper = places.map((one) => brokenWithin(one, held, depth + 1)).find(Boolean);
      if (deeper !== undefined) return deeper;
    }
  }
  return undefined;
}

const listed = (value: unknown): readonly unknown[] =>
  Array.isArray(value) || value instanceof Set ? [...(value as Iterable<unknown>)] : [value];

function holds(rule: Rule, value: unknown, object: object): boolean {
  return (rule.each ? listed(value) : [value]).every((one) => passes(rule, one, object, value) !== false);
}

function instanceOf(target: Class): object | undefined {
  try {
    return new target();
  } catch {
    return undefined;
  }
}

function jsonOf(value: unknown): unknown {
  try {
    return toJson(value);
  } catch {
    return undefined;
  }
}

/** Whether a field is a getter alone, which computes what nobody can set. */
export function isReadOnly(target: Class, name: string): boolean {
  for (let at: unknown = target.prototype; at; at = Object.getPrototypeOf(at)) {
    const property = Object.getOwnPropertyDescriptor(at, name);
    if (property) return property.get !== undefined && property.set === undefined;
  }
  return false;
}
