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
  const valueOf = (field: string): unknown => (first as Record<string, unknown> | undefined)?.[field];
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
      const broken = places.flatMap(rulesOf).find((rule) => rule.builtIn && !holds(rule, value, first));
      if (broken !== undefined) found.push(PerduraError.of('INVALID_DEFAULT', target.name, field, broken.name));
    },
  };
}

function rulesOf({ checks, owners }: PlaceShape): readonly Rule[] {
  return [...new Set([...checks, ...owners.values()])];
}

function holds(rule: Rule, value: unknown, object: object): boolean {
  const values = rule.each && (Array.isArray(value) || value instanceof Set) ? [...value] : [value];
  return values.every((one) => passes(rule, one, object) !== false);
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
