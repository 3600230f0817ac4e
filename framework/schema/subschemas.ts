import type { JsonSchema } from './schema.js';

/** One schema within a schema. */
export interface Subschema {
  readonly json: JsonSchema;
  /** How many schemas it stands in. */
  readonly depth: number;
  /** The names of the properties that lead to it, for messages. */
  readonly path: string;
  /** Whether nothing but `properties` leads to it: the value's place is known without looking at the value (SEP-2243). */
  readonly isStatic: boolean;
}

const ONE = [
  ...['items', 'contains', 'additionalProperties', 'propertyNames', 'unevaluatedItems', 'unevaluatedProperties'],
  ...['not', 'if', 'then', 'else', 'contentSchema'],
];
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const MAPS = ['patternProperties', 'dependentSchemas', '$defs', 'definitions'];

/** Every schema within a schema, itself first, level by level. Never recurses; whoever reads it may stop early. */
export function* subschemas(root: JsonSchema): Generator<Subschema> {
  const waiting: Subschema[] = [{ json: root, depth: 1, path: '', isStatic: true }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    yield next;
    waiting.push(...within(next));
  }
}

function within({ json, depth, path, isStatic }: Subschema): Subschema[] {
  const found: Subschema[] = [];
  const add = (candidate: unknown, step?: string): void => {
    if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate)) return;
    const named = step === undefined ? path : path === '' ? step : `${path}.${step}`;
    const stays = isStatic && step !== undefined;
    found.push({ json: candidate as JsonSchema, depth: depth + 1, path: named, isStatic: stays });
  };
  for (const [name, property] of entriesOf(json['properties'])) add(property, name);
  for (const keyword of ONE) add(json[keyword]);
  for (const keyword of LISTS) for (const [, one] of entriesOf(json[keyword])) add(one);
  for (const keyword of MAPS) for (const [, one] of entriesOf(json[keyword])) add(one);
  return found;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}
