import * as cv from 'class-validator';
import { Items } from '../../../framework/decorators/properties.js';
import { withinBudget } from '../../../framework/schema/budget.js';
import { warmUp } from '../../../framework/schema/checker.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';
import type { Validation } from '../../../framework/schema/schema.js';

enum Color {
  Red = 'r',
  Blue = 'b',
}

class Filter {
  @cv.IsString() field!: string;
  @cv.IsOptional() @cv.IsObject() extra?: Record<string, unknown>;
}

class Search {
  @cv.IsString() query!: string;
  @cv.IsInt() @cv.Max(50) limit = 10;
  @cv.ValidateNested() filter = Object.assign(new Filter(), { field: 'all' });
  @cv.ValidateNested({ each: true }) @Items(() => Filter) filters: Filter[] = [];
  @cv.IsEnum(Color, { each: true }) colors = new Set<Color>();
  @cv.IsOptional() @cv.IsDate() since?: Date;
  @cv.IsOptional() @cv.IsString({ each: true }) tags?: string[];
  @cv.IsOptional() @cv.Allow() any?: unknown;
}

class Node {
  @cv.IsOptional() @cv.ValidateNested() @Items(() => Node) next?: Node;
}

const schema = compileSchema(Search);

function valueOf<T>(result: Validation<T> | Promise<Validation<T>>): T {
  if (result instanceof Promise || !result.ok) throw new Error(`refused: ${JSON.stringify(result)}`);
  return result.value;
}

function issuesOf(result: unknown): readonly { path: string; message: string }[] {
  return (result as { issues?: { path: string; message: string }[] }).issues ?? [];
}

beforeAll(() => warmUp());

describe('hydration', () => {
  it('makes instances of the class and of every class in it', () => {
    const value = valueOf(schema.validate({ query: 'a', filter: { field: 'x' }, filters: [{ field: 'y' }] }));
    expect(value).toBeInstanceOf(Search);
    expect(value.filter).toBeInstanceOf(Filter);
    expect(value.filters[0]).toBeInstanceOf(Filter);
  });

  it('gives fresh defaults from the initialisers, which no call can change for another', () => {
    const first = valueOf(schema.validate({ query: 'a' }));
    first.filters.push(new Filter());
    first.limit = 5;
    expect(valueOf(schema.validate({ query: 'a' }))).toMatchObject({ limit: 10, filters: [] });
  });

  it('makes sets of lists and dates of date-times', () => {
    const value = valueOf(schema.validate({ query: 'a', colors: ['r', 'b'], since: '2026-01-31T12:00:00Z' }));
    expect(value.colors).toEqual(new Set([Color.Red, Color.Blue]));
    expect(value.since).toEqual(new Date('2026-01-31T12:00:00Z'));
  });

  it.each(['yesterday', '2026-01-31', '2026-13-45T00:00:00Z'])('refuses %s where a date-time is declared', (since) => {
    expect(issuesOf(schema.validate({ query: 'a', since }))).toEqual([
      { path: 'since', message: 'must be a date and time such as 2026-01-31T12:00:00Z' },
    ]);
  });

  it('copies lists, so that the handler never holds the message it came in', () => {
    const tags = ['a'];
    expect(valueOf(schema.validate({ query: 'a', tags })).tags).not.toBe(tags);
  });

  it.each([null, [], 'text', 5, true, undefined])('refuses %j at the root with one plain sentence', (value) => {
    expect(issuesOf(schema.validate(value))).toEqual([{ path: '', message: 'must be an object' }]);
  });

  it('refuses an array where an object is nested, which class-validator would let through', () => {
    expect(issuesOf(schema.validate({ query: 'a', filter: [] }))).toEqual([
      { path: 'filter', message: 'must be an object' },
    ]);
    expect(cv.validateSync(Object.assign(new Search(), { query: 'a', filter: [] }))).toEqual([]);
  });
});

describe('keys that reach prototypes', () => {
  const keys = ['__proto__', 'constructor', 'prototype'];
  const places: readonly [string, (inner: string) => string][] = [
    ['the root', (inner) => `{"query":"a",${inner}}`],
    ['a nested object', (inner) => `{"query":"a","filter":{"field":"x",${inner}}}`],
    ['an element', (inner) => `{"query":"a","filters":[{"field":"x",${inner}}]}`],
    ['a free object', (inner) => `{"query":"a","filter":{"field":"x","extra":{"deep":{${inner}}}}}`],
    ['a place for any value', (inner) => `{"query":"a","any":[{${inner}}]}`],
  ];

  it.each(places.flatMap(([place, wrap]) => keys.map((key) => [key, place, wrap] as const)))(
    'never copies %s at %s',
    (key, _, wrap) => {
      const json: unknown = JSON.parse(wrap(`"${key}":{"polluted":true}`));
      const result = schema.validate(json);
      if ('ok' in result && result.ok) expect(JSON.stringify(result.value)).not.toContain('polluted');
      else expect(issuesOf(result)[0]?.message).toMatch(/^is not a known property/);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it.each(['toString', 'hasOwnProperty', 'then', 'toJSON'])('refuses an undeclared %s', (key) => {
    expect(issuesOf(schema.validate({ query: 'a', [key]: 1 }))).toMatchObject([{ path: key }]);
  });
});

describe('budgets', () => {
  const nested = (depth: number, open: string, close: string): unknown =>
    JSON.parse(open.repeat(depth) + '1' + close.repeat(depth));

  it('measures depth and nodes without recursion', () => {
    expect(withinBudget(nested(64, '[', ']'))).toBe(true);
    expect(withinBudget(nested(65, '[', ']'))).toBe(false);
    expect(withinBudget(nested(3_000, '{"a":', '}'))).toBe(false);
    expect(withinBudget(nested(2_000, '[', ']'), { depth: 3_000, nodes: 2_001 })).toBe(true);
    expect(withinBudget(new Array(9_999).fill(0))).toBe(true);
    expect(withinBudget(new Array(10_000).fill(0))).toBe(false);
    expect(withinBudget('text')).toBe(true);
  });

  it.each([
    ['objects in a free object', { query: 'a', any: nested(3_000, '{"a":', '}') }],
    ['arrays in a free object', { query: 'a', any: nested(3_000, '[', ']') }],
    ['an undeclared property', { query: 'a', other: nested(3_000, '[', ']') }],
  ])('refuses a depth of 3,000 in %s', (_, value) => {
    expect(issuesOf(schema.validate(value))).toEqual([
      { path: '', message: 'is nested too deeply or has too many values' },
    ]);
  });

  it('refuses a depth of 3,000 in a class that holds itself', () => {
    expect(issuesOf(compileSchema(Node).validate(nested(3_000, '{"next":', '}')))).toHaveLength(1);
  });

  it('hydrates none of a quarter of a million unknown keys', () => {
    const keys = Object.fromEntries(Array.from({ length: 250_000 }, (_, index) => [`k${index}`, index]));
    expect(issuesOf(schema.validate({ query: 'a', ...keys }))).toHaveLength(1);
    expect(issuesOf(compileSchema(Node).validate(keys))).toHaveLength(1);
  });
});
