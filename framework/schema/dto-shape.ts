import type { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import type { Rule } from './rules.js';
import type { JsonSchema, SchemaRole } from './schema.js';

/** What stands at a place, as far as copying it goes. */
export type Kind =
  | { readonly kind: 'scalar' }
  | { readonly kind: 'date' }
  /** Any JSON value: copied whole. */
  | { readonly kind: 'free' }
  | { readonly kind: 'class'; readonly shape: ClassShape };

/** One place where a value stands: a field, or the elements of a list. */
export interface PlaceShape {
  readonly kind: Kind;
  /** The keywords of the place itself; those of a nested class come from its shape. */
  readonly json: JsonSchema;
  /** Which rule each keyword came from, by its JSON pointer within `json`. */
  readonly owners: ReadonlyMap<string, Rule>;
  /** The rules that the keywords do not say wholly: class-validator's own code checks them. */
  readonly checks: readonly Rule[];
}

export interface FieldShape {
  readonly name: string;
  readonly required: boolean;
  /** Whether an absent value skips every rule (`@IsOptional`). */
  readonly optional: boolean;
  readonly conditions: readonly ((object: unknown, value: unknown) => boolean)[];
  readonly place: PlaceShape;
  /** What the field's list holds; undefined for a field that is no list. */
  readonly list: { readonly as: 'array' | 'set'; readonly element: PlaceShape } | undefined;
  /** `title`, `description`, `examples`, `default`, `x-mcp-header`. */
  readonly annotations: JsonSchema;
}

/** A DTO class, read once: everything that emitting, hydrating, checking and serialising need. */
export interface ClassShape {
  readonly target: Class;
  readonly fields: readonly FieldShape[];
}

/** What reading a graph of classes shares: the shapes so far, and every mistake found. */
export interface Reading {
  readonly role: SchemaRole;
  readonly shapes: Map<Class, ClassShape>;
  readonly mistakes: PerduraError[];
}

/** The places that a class's fields and the elements of its lists take up. */
export function placesOf({ fields }: ClassShape): readonly PlaceShape[] {
  return fields.flatMap(({ place, list }) => (list === undefined ? [place] : [place, list.element]));
}

/** Every class that a class leads to, itself first. */
export function reachable(root: ClassShape): readonly ClassShape[] {
  const found = new Set([root]);
  for (const shape of found) for (const { kind } of placesOf(shape)) if (kind.kind === 'class') found.add(kind.shape);
  return [...found];
}

/** The expressions of `@Matches` that are checked in place of their emitted `pattern`, by that pattern. */
export type Patterns = ReadonlyMap<string, { readonly expression: RegExp; readonly longest: number }>;
