import * as cv from 'class-validator';
import fc from 'fast-check';
import { Items } from '../../../framework/decorators/properties.js';
import type { Class } from '../../../framework/metadata/class.js';

enum Color {
  Red = 'r',
  Green = 'g',
}

class Scalars {
  @cv.IsString() @cv.MinLength(2) @cv.MaxLength(5) name!: string;
  @cv.IsInt() @cv.Min(-3) @cv.Max(50) count!: number;
  @cv.IsNumber() @cv.IsPositive() ratio!: number;
  @cv.IsBoolean() on!: boolean;
}

class Choices {
  @cv.IsEnum(Color) color!: Color;
  @cv.IsIn(['a', 1, true, null]) mixed!: unknown;
  @cv.IsNotIn([1, 'b']) @cv.IsInt() free!: number;
  @cv.Equals('v1') version!: string;
  @cv.NotEquals('') @cv.IsString() text!: string;
}

class Optionals {
  @cv.IsString() @cv.IsOptional() note?: string;
  @cv.IsInt() @cv.Max(50) limit = 10;
  @cv.IsArray() @cv.IsString({ each: true }) tags: string[] = [];
  @cv.IsDefined() @cv.IsNotEmpty() must!: unknown;
}

class Texts {
  @cv.IsHexadecimal() hex!: string;
  @cv.IsUUID(4) id!: string;
  @cv.Matches(/^[a-c]{1,3}(-[0-9]+)?$/) code!: string;
  @cv.Contains('.') dotted!: string;
  @cv.IsAlphanumeric() word!: string;
  @cv.IsMilitaryTime() time!: string;
  @cv.IsBooleanString() flag!: string;
}

class Lists {
  @cv.IsArray()
  @cv.ArrayNotEmpty()
  @cv.ArrayMaxSize(4)
  @cv.IsInt({ each: true })
  @cv.Min(0, { each: true })
  ints!: number[];
  @cv.IsEnum(Color, { each: true }) @cv.IsArray() @cv.ArrayUnique() colors!: Color[];
  @cv.IsString({ each: true }) @cv.ArrayContains(['a']) @cv.ArrayNotContains(['z']) words!: string[];
}

enum Level {
  Low = -1,
  High = 2,
}

class Numbers {
  @cv.IsEnum(Level) level!: Level;
  @cv.IsIn([0, 1, null]) maybe!: 0 | 1 | null;
  @cv.IsInt() @cv.IsNegative() @cv.IsDivisibleBy(7) weeks!: number;
  @cv.Min(-0.5) @cv.Max(0.5) share!: number;
  @cv.IsBoolean({ each: true }) @cv.ArrayMinSize(1) flags!: boolean[];
  @cv.IsArray() @cv.IsNumber({}, { each: true }) @cv.IsNotIn([3], { each: true }) others!: number[];
}

class Free {
  @cv.IsNotEmptyObject() some!: object;
  @cv.IsArray() @cv.IsObject({ each: true }) rows!: object[];
  @cv.IsArray({ each: true }) matrix!: unknown[][];
  @cv.IsArray() @cv.IsNotEmpty({ each: true }) filled!: unknown[];
  @cv.IsString({ each: true }) @cv.Length(1, 2, { each: true }) @cv.ArrayMaxSize(3) short!: string[];
  @cv.IsHash('crc32') hash!: string;
}

class Leaf {
  @cv.IsInt() @cv.IsDivisibleBy(3) value!: number;
  @cv.IsOptional() @cv.IsString() label?: string;
}

class Base {
  @cv.IsString() @cv.IsNotEmpty() kind!: string;
}

class Tree extends Base {
  @cv.IsObject() @cv.ValidateNested() leaf!: Leaf;
  @cv.IsArray() @cv.IsObject({ each: true }) @cv.ValidateNested({ each: true }) @Items(() => Leaf) leaves!: Leaf[];
  @cv.IsOptional() @cv.IsObject() @cv.ValidateNested() @Items(() => Tree) child?: Tree;
}

/** Rules that JSON Schema has no words for, beside ones that it has. */
class Mixed {
  @cv.IsEmail() mail!: string;
  @cv.IsInt() @cv.Max(9) count!: number;
  @cv.Matches(/^[a-z]+$/i) @cv.MaxLength(8) word!: string;
  @cv.IsSemVer() @cv.IsOptional() version?: string;
  @cv.IsISO31661Alpha2({ each: true }) @cv.IsArray() countries!: string[];
  @cv.IsNumber({ maxDecimalPlaces: 1 }) price!: number;
}

class Conditional {
  @cv.IsIn(['card', 'cash']) by!: string;
  @cv.ValidateIf((order: Conditional) => order.by === 'card') @cv.IsString() @cv.MinLength(4) number?: string;
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'Z', '0', '9', '.', '-', ' ', 'é', '😀') });
const sized = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', 'é', '😀'), minLength, maxLength });
const int = (min: number, max: number) => fc.integer({ min, max });
const color = fc.constantFrom('r', 'g');
const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const leaf = fc.record({ value: int(-9, 9).map((n) => n * 3), label: text }, { requiredKeys: ['value'] });
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.record(
    {
      kind: sized(1, 5),
      leaf,
      leaves: fc.array(leaf, { maxLength: 3 }),
      child: fc.option(tie('tree'), { nil: undefined, maxDepth: 3 }),
    },
    { requiredKeys: ['kind', 'leaf', 'leaves'] },
  ),
}));

/** A class, values that it should accept, and which fields of it hold what. */
export interface Subject {
  readonly Dto: Class;
  readonly valid: fc.Arbitrary<unknown>;
  /** Whether JSON Schema says everything, so that class-validator never runs in a call. */
  readonly expressible: boolean;
  readonly nested?: Readonly<Record<string, Class>>;
  readonly optional?: readonly string[];
}

export const SUBJECTS: readonly Subject[] = [
  {
    Dto: Scalars,
    expressible: true,
    valid: fc.record({
      name: sized(2, 5),
      count: int(-3, 50),
      ratio: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
      on: fc.boolean(),
    }),
  },
  {
    Dto: Choices,
    expressible: true,
    valid: fc.record({
      color,
      mixed: pick<unknown>('a', 1, true, null),
      free: int(2, 99),
      version: pick('v1'),
      text: sized(1, 9),
    }),
  },
  {
    Dto: Optionals,
    expressible: true,
    optional: ['note'],
    valid: fc.record(
      { note: text, limit: int(-9, 50), tags: fc.array(text), must: pick<unknown>('a', 0, false, [], {}) },
      { requiredKeys: ['must'] },
    ),
  },
  {
    Dto: Texts,
    expressible: true,
    valid: fc.record({
      hex: pick('ff', '0xA0', '0'),
      id: fc.uuid({ version: 4 }),
      code: pick('a', 'abc-12', 'cc'),
      dotted: pick('.', 'a.b'),
      word: pick('a1', 'Z'),
      time: pick('12:30', '2359'),
      flag: pick('true', '1'),
    }),
  },
  {
    Dto: Lists,
    expressible: true,
    valid: fc.record({
      ints: fc.array(int(0, 9), { minLength: 1, maxLength: 4 }),
      colors: fc.uniqueArray(color),
      words: fc.array(pick('b', 'c')).map((words) => ['a', ...words]),
    }),
  },
  {
    Dto: Numbers,
    expressible: true,
    valid: fc.record({
      level: pick(-1, 2),
      maybe: pick(0, 1, null),
      weeks: int(-99, -1).map((n) => n * 7),
      share: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      flags: fc.array(fc.boolean(), { minLength: 1 }),
      others: fc.array(fc.double({ min: 4, max: 1e6, noNaN: true })),
    }),
  },
  {
    Dto: Free,
    expressible: true,
    valid: fc.record({
      some: pick({ a: 1 }, { b: null, c: [] }),
      rows: fc.array(pick({}, { a: 1 })),
      matrix: fc.array(fc.array(pick<unknown>(1, 'a', null))),
      filled: fc.array(pick<unknown>('a', 0, false, {})),
      short: fc.array(sized(1, 2), { maxLength: 3 }),
      hash: pick('deadbeef', '0011AAFF'),
    }),
  },
  {
    Dto: Tree,
    expressible: true,
    optional: ['label', 'child'],
    nested: { leaf: Leaf, leaves: Leaf, child: Tree },
    valid: tree,
  },
  {
    Dto: Mixed,
    expressible: false,
    optional: ['version'],
    valid: fc.record(
      {
        mail: pick('a@b.co', 'x.y@example.com'),
        count: int(-9, 9),
        word: pick('abc', 'XyZ'),
        version: pick('1.2.3', '0.0.1-a'),
        countries: fc.array(pick('DE', 'us')),
        price: pick(1, 2.5, -0.1),
      },
      { requiredKeys: ['mail', 'count', 'word', 'countries', 'price'] },
    ),
  },
  {
    Dto: Conditional,
    expressible: false,
    valid: fc.oneof(
      fc.record({ by: pick('card'), number: sized(4, 9) }),
      fc.record({ by: pick('cash'), number: pick<unknown>(null, 1, 'x') }, { requiredKeys: ['by'] }),
    ),
  },
];

/** Values of every JSON type, among them the ones that rules stumble over. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer({ min: -60, max: 60 }),
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  pick<unknown>(null, true, false, '', 0, -0, 1e-7, [], {}, [[]], [null], 'r', 'v1', 'a', '😀😀', { value: 3 }, [
    'a',
    'a',
  ]),
);
