import type { Rule } from './rules.js';
import type { JsonSchema } from './schema.js';

/** The keywords of one place, gathered from its rules. */
export interface Merged {
  readonly json: Record<string, unknown>;
  /** The rule behind each keyword, by its JSON pointer within the place. */
  readonly owners: Map<string, Rule>;
}

type Narrow = (known: never, added: never) => unknown;

const least: Narrow = (known: number, added: number) => Math.max(known, added);
const most: Narrow = (known: number, added: number) => Math.min(known, added);

/** How two demands by the same keyword become one. Others meet under `allOf`, which is always right. */
const NARROW: Readonly<Record<string, Narrow>> = {
  type: (known: unknown, added: unknown) => narrowTypes(listOf(known), listOf(added)),
  ...{ minimum: least, exclusiveMinimum: least, minLength: least, minItems: least, minProperties: least },
  ...{ maximum: most, exclusiveMaximum: most, maxLength: most, maxItems: most },
};

// A type belongs to the rule that is about the type, not to the first one that happens to imply it.
const TYPE_RULES = new Set(['isString', 'isInt', 'isNumber', 'isBoolean', 'isArray', 'isObject']);

/** Adds one rule's keywords to those of its place. */
export function mergeKeywords(into: Merged, added: JsonSchema, rule?: Rule): void {
  for (const [keyword, value] of Object.entries(added)) {
    const known = into.json[keyword];
    const narrow = NARROW[keyword];
    if (known === undefined) {
      into.json[keyword] = value;
      own(into, keyword, rule);
    } else if (narrow !== undefined) {
      const narrowed = narrow(known as never, value as never);
      into.json[keyword] = narrowed;
      if (JSON.stringify(narrowed) !== JSON.stringify(known) || (rule && TYPE_RULES.has(rule.name)))
        own(into, keyword, rule);
    } else if (keyword === 'allOf') {
      into.json['allOf'] = [...(known as unknown[]), ...(value as unknown[])];
    } else if (JSON.stringify(known) !== JSON.stringify(value)) {
      const others = (into.json['allOf'] as unknown[] | undefined) ?? [];
      into.json['allOf'] = [...others, { [keyword]: value }];
      own(into, `allOf/${others.length}/${keyword}`, rule);
    }
  }
}

/** The JSON types that a piece of schema leaves possible, or undefined where it says nothing about them. */
export function typesOf(json: JsonSchema): readonly string[] | undefined {
  if (json['type'] !== undefined) return listOf(json['type']);
  const values = (json['enum'] as readonly unknown[] | undefined) ?? ('const' in json ? [json['const']] : undefined);
  return values && [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))];
}

/** The types that both lists allow: an integer is a number. */
export function commonTypes(first: readonly string[], second: readonly string[]): readonly string[] {
  const pick = (from: readonly string[], other: readonly string[]): string[] =>
    from.filter((type) => other.includes(type) || (type === 'integer' && other.includes('number')));
  return [...new Set([...pick(first, second), ...pick(second, first)])];
}

function narrowTypes(first: readonly string[], second: readonly string[]): string | readonly string[] {
  const common = commonTypes(first, second);
  return common.length === 1 ? (common[0] as string) : common;
}

function listOf(type: unknown): readonly string[] {
  return (Array.isArray(type) ? type : [type]) as readonly string[];
}

function own(merged: Merged, pointer: string, rule: Rule | undefined): void {
  if (rule === undefined) merged.owners.delete(pointer);
  else merged.owners.set(pointer, rule);
}
