import * as cv from 'class-validator';
import { Description, Examples, Header, Items, Title } from '../../../framework/decorators/properties.js';
import type { BootError } from '../../../framework/errors.js';
import type { SchemaSource } from '../../../framework/metadata/options.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';
import { jsonSchema } from '../../../framework/schema/json-schema.js';
import type { SchemaRole } from '../../../framework/schema/schema.js';

function mistakesOf(source: unknown, role?: SchemaRole): readonly (readonly [string, string])[] {
  try {
    compileSchema(source as SchemaSource, role && { role });
    return [];
  } catch (error) {
    return (error as BootError).mistakes.map(({ code, message }) => [code, message] as const);
  }
}

const codesOf = (source: unknown, role?: SchemaRole): readonly string[] =>
  mistakesOf(source, role).map(([code]) => code);
const cyclic: Record<string, unknown> = { type: 'object' };
cyclic['properties'] = { self: cyclic };
const object = (properties: object, rest: object = {}): unknown => jsonSchema({ type: 'object', properties, ...rest });

describe('the JSON Schema of a class', () => {
  it('carries titles, descriptions, examples, defaults and headers', () => {
    class Dto {
      @cv.IsString()
      @Title('Query')
      @Description('Words to look for')
      @Examples('sand', 'sea')
      @Header('Query')
      query!: string;
      @cv.IsInt() @cv.Min(1) @cv.Max(50) limit = 10;
      @cv.IsOptional() @cv.IsBoolean() exact?: boolean;
    }
    expect(compileSchema(Dto).json).toEqual({
      type: 'object',
      properties: {
        query: {
          ...{ type: 'string', title: 'Query', description: 'Words to look for' },
          ...{ examples: ['sand', 'sea'], 'x-mcp-header': 'Query' },
        },
        limit: { type: 'integer', default: 10, minimum: 1, maximum: 50 },
        exact: { type: 'boolean' },
      },
      required: ['query'],
      additionalProperties: false,
    });
  });

  it('nests a class where it is used once, and keeps one that is used twice or holds itself under $defs', () => {
    class Point {
      @cv.IsNumber() x!: number;
    }
    class Line {
      @cv.ValidateNested() from!: Point;
      @cv.ValidateNested() to!: Point;
    }
    class Leaf {
      @cv.IsInt() value!: number;
    }
    class Tree {
      @cv.ValidateNested() @Description('At the end') leaf!: Leaf;
      @cv.ValidateNested({ each: true }) @Items(() => Tree) branches: Tree[] = [];
      @cv.ValidateNested() @cv.IsOptional() line?: Line;
    }
    const point = {
      type: 'object',
      properties: { x: { type: 'number' } },
      required: ['x'],
      additionalProperties: false,
    };
    expect(compileSchema(Tree).json).toMatchObject({
      properties: {
        leaf: { type: 'object', description: 'At the end', properties: { value: { type: 'integer' } } },
        branches: { type: 'array', items: { $ref: '#' }, default: [] },
        line: { properties: { from: { $ref: '#/$defs/Point' }, to: { $ref: '#/$defs/Point' } } },
      },
      $defs: { Point: point },
    });
  });

  it('knows lists by their rules, their initial value or @Items, and sets by their type', () => {
    class Dto {
      @cv.IsString({ each: true }) words!: string[];
      @Items(() => Number) numbers!: number[];
      @cv.IsIn(['a', 'b'], { each: true }) letters: Set<string> = new Set(['a']);
      @cv.ArrayUnique() @cv.IsInt({ each: true }) ids!: number[];
      @cv.ArrayUnique() @cv.IsObject({ each: true }) objects!: object[];
    }
    expect(compileSchema(Dto).json['properties']).toEqual({
      words: { type: 'array', items: { type: 'string' } },
      numbers: { type: 'array', items: { type: 'number' } },
      letters: { type: 'array', uniqueItems: true, default: ['a'], items: { type: 'string', enum: ['a', 'b'] } },
      ids: { type: 'array', uniqueItems: true, items: { type: 'integer' } },
      objects: { type: 'array', items: { type: 'object' } },
    });
  });

  // Spec: mirrored.safe-integer
  it('keeps a mirrored integer within what every JSON reader can hold (SEP-2243)', () => {
    class Dto {
      @cv.IsInt() @cv.Min(1) @Header('Shard') shard!: number;
    }
    expect(compileSchema(Dto).json['properties']).toEqual({
      shard: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, 'x-mcp-header': 'Shard' },
    });
  });

  it('asks for unique elements only where comparing them is cheap', () => {
    class Item {
      @cv.IsInt() id!: number;
    }
    class Dto {
      @cv.ValidateNested({ each: true }) @Items(() => Item) items!: Set<Item>;
      @cv.IsIn(['a', 1], { each: true }) mixed!: Set<unknown>;
    }
    const { items, mixed } = compileSchema(Dto).json['properties'] as Record<string, object>;
    expect(items).not.toHaveProperty('uniqueItems');
    expect(mixed).toEqual({ type: 'array', uniqueItems: true, items: { type: ['string', 'number'], enum: ['a', 1] } });
  });

  it('takes over what an ancestor declared, and lets the class have the last word', () => {
    class Base {
      @cv.IsString() @Description('old') name!: string;
      @cv.IsInt() count!: number;
    }
    class Derived extends Base {
      @cv.IsString() @cv.MaxLength(5) @Description('new') override name = 'x';
    }
    expect(compileSchema(Derived).json['properties']).toEqual({
      name: { type: 'string', description: 'new', default: 'x', maxLength: 5 },
      count: { type: 'integer' },
    });
  });

  it('merges the rules of a field: the narrower bound counts, and what cannot be merged meets under allOf', () => {
    class Dto {
      @cv.IsInt() @cv.IsNumber() @cv.Max(9) @cv.Max(5) count!: number;
      @cv.Contains('a') @cv.Contains('b') text!: string;
      @cv.IsString() @cv.IsNotEmpty() some!: string;
    }
    expect(compileSchema(Dto).json['properties']).toEqual({
      count: { type: 'integer', maximum: 5 },
      text: { type: 'string', pattern: 'b', allOf: [{ pattern: 'a' }] },
      some: { type: 'string', minLength: 1 },
    });
  });

  it('takes null for absent as the initial value of an optional field, as class-validator does', () => {
    class Dto {
      @cv.IsOptional() @cv.IsString() note: string | null = null;
    }
    class Torn {
      @cv.IsString() note: string | null = null;
    }
    expect(compileSchema(Dto).json).toEqual({
      type: 'object',
      properties: { note: { type: 'string' } },
      additionalProperties: false,
    });
    expect(codesOf(Torn)).toEqual(['INVALID_DEFAULT']);
  });

  it('leaves out defaults that are not the same every time', () => {
    let next = 0;
    class Dto {
      @cv.IsInt() id = next++;
      @cv.IsDate() at = new Date();
    }
    const { properties, required } = compileSchema(Dto).json;
    expect(properties).toEqual({ id: { type: 'integer' }, at: { type: 'string', format: 'date-time' } });
    expect(required).toBeUndefined();
  });
});

describe('a mistake in a shape', () => {
  it('is reported with all others, each naming the class, the field and the fix', () => {
    class Inner {
      @cv.IsString({ groups: ['admin'] }) name!: string;
    }
    class Outer {
      @Description('has no rule') loose!: string;
      @cv.ValidateNested({ each: true }) list!: Inner[];
      @cv.ValidateNested() inner!: Inner;
      plain = 5;
    }
    const mistakes = mistakesOf(Outer);
    expect(mistakes.map(([code]) => code).sort()).toEqual([
      ...['GROUPED_RULE', 'NESTED_TYPE_UNKNOWN', 'UNVALIDATED_FIELD', 'UNVALIDATED_FIELD'],
    ]);
    for (const place of ['Outer.loose', 'Outer.list', 'Outer.plain', 'Inner.name']) {
      expect(mistakes.filter(([, message]) => message.includes(place))).toHaveLength(1);
    }
  });

  it('is found in what is no shape at all', () => {
    expect([null, 5, {}, () => 1].map((source) => codesOf(source))).toEqual(new Array(4).fill(['NOT_A_SHAPE']));
    expect(codesOf(class Empty {})).toEqual(['NO_FIELDS']);
  });

  it('is found in classes that cannot be hydrated', () => {
    class NeedsArguments {
      @cv.IsString() name: string;
      constructor(options: { name: string }) {
        this.name = options.name;
      }
    }
    class Reserved {
      @cv.IsString() valueOf!: () => string;
      @cv.IsString() toString!: () => string;
    }
    class WithMap {
      @cv.IsObject() map!: Map<string, string>;
    }
    class WithPromise {
      @cv.ValidatePromise() @cv.IsString() later!: Promise<string>;
    }
    class Inner {
      @cv.IsString() name!: string;
    }
    class Unchecked {
      @cv.IsObject() inner!: Inner;
    }
    class Maybe {
      @cv.ValidateIf(() => true) @cv.ValidateNested() inner!: Inner;
    }
    expect(codesOf(NeedsArguments)).toEqual(['DTO_NOT_CONSTRUCTIBLE']);
    expect(codesOf(Reserved)).toEqual(['RESERVED_FIELD', 'RESERVED_FIELD']);
    expect(codesOf(WithMap)).toEqual(['UNSUPPORTED_RULE']);
    expect(codesOf(WithPromise)).toEqual(['UNSUPPORTED_RULE']);
    expect(codesOf(Unchecked)).toEqual(['NESTED_NOT_VALIDATED']);
    expect(codesOf(Maybe)).toEqual(['CONDITIONAL_NESTED']);
  });

  it('is found in examples that JSON cannot hold', () => {
    class Dto {
      @cv.IsInt() @Examples(1, 2n) count!: number;
      @cv.IsDate() @Examples(new Date('2026-01-31T12:00:00Z')) at!: Date;
    }
    expect(mistakesOf(Dto)).toEqual([['UNSUPPORTED_RULE', expect.stringContaining('Dto.count')]]);
  });

  it('is not looked for in an initial value by a rule under a condition, which is code for values that have come', () => {
    class Dto {
      @cv.IsOptional() @cv.IsObject() parent?: { kind: string };
      @cv.IsInt() @cv.Max(5, { validateIf: (dto: Dto) => (dto.parent as { kind: string }).kind === 'small' }) size = 9;
    }
    expect(codesOf(Dto)).toEqual([]);
  });

  it('is found in rules that contradict each other or the initial value', () => {
    class Torn {
      @cv.IsString() @cv.IsInt() value!: unknown;
    }
    class NotEach {
      @cv.IsString() words!: string[];
    }
    class BadDefault {
      @cv.IsInt() @cv.Max(50) limit = 99;
      @cv.IsEmail({}, { each: true }) mails = ['nobody'];
    }
    expect(codesOf(Torn)).toEqual(['CONTRADICTING_RULES']);
    expect(mistakesOf(NotEach)).toEqual([['CONTRADICTING_RULES', expect.stringContaining('each: true')]]);
    expect(codesOf(BadDefault)).toEqual(['INVALID_DEFAULT', 'INVALID_DEFAULT']);
  });

  it('is found in the initial value of a nested object, which no caller could send', () => {
    class Part {
      @cv.IsString() name!: string;
      @cv.IsInt() @cv.Min(1) count = 1;
    }
    class Missing {
      @cv.ValidateNested() part = new Part();
    }
    class Wrong {
      @cv.ValidateNested({ each: true }) @Items(() => Part) parts = [
        Object.assign(new Part(), { name: 'a', count: 0 }),
      ];
    }
    class Deep {
      @cv.ValidateNested() missing = new Missing();
    }
    const told = (rule: string): unknown => [['INVALID_DEFAULT', expect.stringContaining(`own rule ${rule}.`)]];
    expect(mistakesOf(Missing)).toEqual(told('isDefined of Part.name'));
    expect(mistakesOf(Wrong)).toEqual(told('min of Part.count'));
    expect(codesOf(Deep)).toEqual(['INVALID_DEFAULT', 'INVALID_DEFAULT']);
    // A handler fills what it returns.
    expect(codesOf(Missing, 'output')).toEqual([]);
  });

  it('is found where a field has a symbol for its name', () => {
    const hidden = Symbol('hidden');
    class Dto {
      @cv.IsString() shown!: string;
      @cv.IsString() [hidden]!: string;
    }
    expect(mistakesOf(Dto)).toEqual([['UNSUPPORTED_RULE', expect.stringContaining('Dto.Symbol(hidden)')]]);
  });

  it.each([
    ['an exponential expression, whatever its length', /^(a+)+$/, 30, ['UNSAFE_PATTERN']],
    ['an ambiguous alternation', /^(a|a)*$/, 30, ['UNSAFE_PATTERN']],
    ['an ambiguous repetition', /^([a-zA-Z0-9]+\s?)*$/, 30, ['UNSAFE_PATTERN']],
    ['a quadratic expression on text without a bound', /^\d+[\d.]*$/, undefined, ['UNBOUNDED_PATTERN']],
    ['a quadratic expression on very long text', /^\d+[\d.]*$/, 50_000, ['UNBOUNDED_PATTERN']],
    ['a quadratic expression on short text, which is fine', /^\d+[\d.]*$/, 100, []],
    ['a linear expression on text without a bound, which is fine', /^[a-z]+(-[a-z]+)*$/, undefined, []],
    ['a repeated reference to a named group', /^(?<a>x*)\k<a>+$/, undefined, ['UNBOUNDED_PATTERN']],
    ['a repeated group that is referred to by name', /^(?<a>x+)+\k<a>$/, 30, ['UNSAFE_PATTERN']],
    ['an exponential lookbehind', /(?<=x(a+)+)b/, 30, ['UNSAFE_PATTERN']],
    ['a word boundary behind a repetition on text without a bound', /(a+)\b/, undefined, ['UNBOUNDED_PATTERN']],
    ['a lookahead behind a repetition on text without a bound', /a+(?=b)/, undefined, ['UNBOUNDED_PATTERN']],
    ['a lookbehind behind a repetition on text without a bound', /a+(?<=(b))\1/, undefined, ['UNBOUNDED_PATTERN']],
    ['a lookahead to the end of a text that is tried everywhere', /(?=.*\d)\d/, undefined, ['UNBOUNDED_PATTERN']],
    ['the rules of a password, which are fine', /^(?=.*\d)(?=.*[a-z])(?!.*\s).{8,}$/, undefined, []],
    ['such rules as alternatives, which are fine', /^((?=.*\d)|(?=.*\W+))(?=.*[a-z]).*$/, undefined, []],
    ['rules of a password in a group that is repeated', /^((?=.*\d.*x)a)+$/, 30, ['UNSAFE_PATTERN']],
    ['assertions that cost nothing', /^(?!-)(?=.*\d)[\w-]+(?<!-)$/, undefined, []],
    ['assertions before every repetition', /(?<=@)\b[a-z]+/, undefined, []],
    ['names of people in any script, which are fine', /^\p{L}+(?:[ '-]\p{L}+)*$/u, undefined, []],
    ['properties of characters, in a class too, which are fine', /^[\p{Lu}\d]+(?:_[^\P{Ll}]+)*$/u, undefined, []],
    ['repeated properties that share characters', /^(\p{L}+\p{Lu}*)+$/u, 30, ['UNSAFE_PATTERN']],
    ['repeated properties that share characters of another script', /^(\p{L}+[À-ÿ]*)+$/u, 30, ['UNSAFE_PATTERN']],
    ['named groups and flags, which are fine', /^(?<year>\d{4})-(?<month>\d\d)$/i, undefined, []],
  ])('is found in @Matches with %s', (_, expression, most, codes) => {
    class Dto {
      @cv.Matches(expression) text!: string;
    }
    if (most !== undefined) cv.MaxLength(most)(Dto.prototype, 'text');
    expect(codesOf(Dto)).toEqual(codes);
  });

  // Spec: mirrored.empty, mirrored.token, mirrored.control, mirrored.unique, mirrored.primitive, mirrored.reachable
  // Spec: schemas.remote-ref, schemas.remote-ref-default, schemas.unresolved-ref, schemas.unknown-dialect
  // Spec: schemas.validated, schemas.bounded
  it.each<[string, unknown, readonly string[]]>([
    ['a header with a space', object({ a: { type: 'string', 'x-mcp-header': 'A B' } }), ['INVALID_HEADER']],
    ['an empty header', object({ a: { type: 'string', 'x-mcp-header': '' } }), ['INVALID_HEADER']],
    ['a header with a line break', object({ a: { type: 'string', 'x-mcp-header': 'A\r\nB' } }), ['INVALID_HEADER']],
    ['a header on a number', object({ a: { type: 'number', 'x-mcp-header': 'A' } }), ['INVALID_HEADER']],
    ['a header on an object', object({ a: { type: 'object', 'x-mcp-header': 'A' } }), ['INVALID_HEADER']],
    [
      'two headers that differ by case',
      object({ a: { type: 'string', 'x-mcp-header': 'A' }, b: { type: 'string', 'x-mcp-header': 'a' } }),
      ['INVALID_HEADER'],
    ],
    [
      'a header in a list',
      object({ a: { type: 'array', items: { properties: { b: { type: 'string', 'x-mcp-header': 'B' } } } } }),
      ['INVALID_HEADER'],
    ],
    [
      'a header under $defs',
      object(
        { a: { $ref: '#/$defs/A' } },
        { $defs: { A: { properties: { b: { type: 'string', 'x-mcp-header': 'B' } } } } },
      ),
      ['INVALID_HEADER'],
    ],
    ['a header on a secret', object({ apiKey: { type: 'string', 'x-mcp-header': 'Key' } }), ['SECRET_HEADER']],
    [
      'a header within nested objects, which is fine',
      object({ a: { type: 'object', properties: { b: { type: 'integer', 'x-mcp-header': 'B' } } } }),
      [],
    ],
    ['a reference to another document', object({ a: { $ref: 'https://example.com/a.json' } }), ['REMOTE_REFERENCE']],
    ['a reference to nothing', object({ a: { $ref: '#/$defs/Missing' } }), ['INVALID_JSON_SCHEMA']],
    [
      'a reference with a malformed escape',
      object({ a: { $ref: '#/$defs/%ff' } }, { $defs: {} }),
      ['INVALID_JSON_SCHEMA'],
    ],
    [
      'a reference to an anchor, which is fine',
      object({ a: { $ref: '#here' } }, { $defs: { A: { $anchor: 'here' } } }),
      [],
    ],
    ['an exponential expression', object({ a: { type: 'string', pattern: '^(a+)+$' } }), ['UNSAFE_PATTERN']],
    ['an exponential expression for names', object({}, { patternProperties: { '^(a|a)*$': {} } }), ['UNSAFE_PATTERN']],
    ['a quadratic expression', object({ a: { type: 'string', pattern: '^\\d+[\\d.]*$' } }), ['UNBOUNDED_PATTERN']],
    [
      'a quadratic expression on short text, which is fine',
      object({ a: { type: 'string', pattern: '^\\d+[\\d.]*$', maxLength: 30 } }),
      [],
    ],
    ['another dialect', object({}, { $schema: 'http://json-schema.org/draft-07/schema#' }), ['INVALID_JSON_SCHEMA']],
    ['a type that is none', object({ a: { type: 'text' } }), ['INVALID_JSON_SCHEMA']],
    ['a list that should be names', object({}, { required: 'a' }), ['INVALID_JSON_SCHEMA']],
    ['an input that is no object', jsonSchema({ type: 'array' }), ['INPUT_NOT_OBJECT']],
    ['what JSON cannot hold', object({ a: { enum: [1n] } }), ['INVALID_JSON_SCHEMA']],
    ['a cycle', jsonSchema(cyclic), ['INVALID_JSON_SCHEMA']],
    [
      'too many subschemas',
      object(Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`p${i}`, {}]))),
      ['SCHEMA_TOO_LARGE'],
    ],
    [
      'too many levels',
      object({ a: Array.from({ length: 64 }).reduce<object>((inner) => ({ not: inner }), {}) }),
      ['SCHEMA_TOO_LARGE'],
    ],
  ])('is found in a JSON Schema with %s', (_, source, codes) => {
    expect(codesOf(source)).toEqual(codes);
  });

  it('is none where an output is no object: results may be any JSON value', () => {
    expect(codesOf(jsonSchema({ type: 'array' }), 'output')).toEqual([]);
  });

  // Spec: mirrored.reachable
  it('is found where @Header cannot be reached, in the words of the class', () => {
    class Item {
      @cv.IsString() @Header('Name') name!: string;
    }
    class Dto {
      @cv.ValidateNested({ each: true }) @Items(() => Item) items!: Item[];
      @cv.IsString() @Header('Token') accessToken!: string;
    }
    const found = mistakesOf(Dto);
    expect(found.map(([code]) => code)).toEqual(['SECRET_HEADER', 'INVALID_HEADER']);
    expect(found[0]?.[1]).toContain('Dto.accessToken');
  });

  it('are told together with those of its fields, and references together with expressions', () => {
    class Dto {
      @cv.IsString() @Header('A B') mirrored!: string;
      @cv.IsInt({ groups: ['admin'] }) grouped!: number;
    }
    expect(codesOf(Dto)).toEqual(['GROUPED_RULE', 'INVALID_HEADER']);
    const written = object({ word: { type: 'string', pattern: '^(a|a)*$' }, other: { $ref: 'https://example.com' } });
    expect(codesOf(written)).toEqual(['REMOTE_REFERENCE', 'UNSAFE_PATTERN']);
  });
});
