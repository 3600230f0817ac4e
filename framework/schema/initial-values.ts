import { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { passes } from './check-rule.js';
import type { PlaceShape } from './dto-shape.js';
import { toJson } from './plain.js';
import type { Rule } from './rules.js';
import type { JsonSchema } from './schema.js';

/** What the field initialisers of a class say. */
export interface InitialValues {
  /** The fields that an instance has by itself. */
  readonly names: readonly string[];
  valueOf(field: string): unknown;
  /** The `default` keyword, where the initial value is JSON and the same every time. */
  defaultOf(field: string): JsonSchema;
  /** Finds rules that the initial value itself breaks: without an argument, every call would fail. */
  check(field: string, places: readonly PlaceShape[], mistakes: PerduraError[]): void;
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
    check: (field, places, found) => {
      const value = valueOf(field);
      if (value === undefined || first === undefined) return;
      // A condition is the user's code, and asks an instance that a message has filled.
      const certain = places.flatMap(rulesOf).filter((rule) => rule.builtIn && rule.condition === undefined);
      const broken = certain.find((rule) => !holds(rule, value, first));
      if (broken !== undefined) found.push(PerduraError.of('INVALID_DEFAULT', target.name, field, broken.name));
    },
  };
}

function rulesOf({ checks, owners }: PlaceShape): readonly Rule[] {
  return [...new Set([...checks, ...owners.values()])];
}

function holds(rule: Rule, value: unknown, object: object): boolean {
  const values = rule.each && (Array.isArray(value) || value instanceof Set) ? [...value] : [value];
  return values.every((one) => passes(rule, one, object, value) !== false);
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
