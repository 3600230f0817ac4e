import * as cv from 'class-validator';
import { Items } from '../../../framework/decorators/properties.js';
import type { BootError } from '../../../framework/errors.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';
import type { SchemaSource } from '../../../framework/metadata/options.js';
import type { SchemaRole } from '../../../framework/schema/schema.js';

function mistakesOf(source: SchemaSource, role?: SchemaRole): readonly (readonly [string, string])[] {
  try {
    compileSchema(source, role && { role });
    return [];
  } catch (error) {
    return (error as BootError).mistakes.map(({ code, message }) => [code, message] as const);
  }
}
const codesOf = (source: SchemaSource, role?: SchemaRole): readonly string[] =>
  mistakesOf(source, role).map(([code]) => code);

enum Level {
  Low,
  High,
}
enum Color {
  Red = 'r',
}

describe('the type that a field is declared with', () => {
  it('must be what its rules make of JSON', () => {
    class Torn {
      @cv.IsDateString() at!: Date;
      @cv.IsDate() when!: string;
      @cv.IsNumberString() page!: number;
      @cv.IsInt() name!: string;
      @cv.IsBooleanString() on!: boolean;
      @cv.IsInt() huge!: bigint;
      @cv.Allow() any!: Date;
      @cv.ValidateIf(() => true) @cv.IsDateString() maybe?: Date;
      @cv.IsString({ each: true }) tags!: string;
    }
    const mistakes = mistakesOf(Torn);
    expect(mistakes.map(([code]) => code)).toEqual(Array(9).fill('WRONG_FIELD_TYPE'));
    expect(mistakes[0]?.[1]).toMatch(/^Torn\.at is declared as Date, but by its rules it is string.*@IsDate\(\)/);
    expect(mistakes[1]?.[1]).toMatch(/^Torn\.when is declared as String, but by its rules it is a Date/);
    expect(mistakes[8]?.[1]).toMatch(/^Torn\.tags is declared as String, but by its rules it is a list/);
    expect(mistakes[5]?.[1]).toMatch(/^Torn\.huge is declared as BigInt/);
  });

  it('is fine where it is one of what the rules allow, or where nothing tells', () => {
    class Fine {
      @cv.IsLatitude() latitude!: number;
      @cv.IsIn(['a', 1]) mixed!: string;
      @cv.IsEnum(Level) level!: Level;
      @cv.IsEnum(Color) color!: Color;
      @cv.IsIn([null, 'a']) maybe!: 'a' | null;
      @cv.IsInt() count?: number | undefined;
      @cv.IsDate() at!: Date;
      @cv.IsDate({ each: true }) dates!: Date[];
      @cv.IsDate({ each: true }) @Items(() => Date) named!: Date[];
      @cv.ValidateBy({ name: 'isWord', validator: { validate: () => true } }) own!: number;
      @cv.IsObject() extra!: Record<string, unknown>;
    }
    expect(mistakesOf(Fine)).toEqual([]);
  });

  it('may be a Date in a result, which is sent as text', () => {
    class Sent {
      @cv.IsDateString() at!: Date;
      @cv.IsDate() when!: string;
    }
    class Never {
      @cv.IsString() huge!: bigint;
    }
    expect(codesOf(Sent, 'output')).toEqual([]);
    expect(codesOf(Never, 'output')).toEqual(['WRONG_FIELD_TYPE']);
  });

  it('is no Map, also where only its initial value says so', () => {
    class Held {
      @cv.IsObject() counts = new Map<string, number>();
    }
    expect(codesOf(Held)).toEqual(['UNSUPPORTED_RULE']);
  });
});

describe('@Items', () => {
  it('names a class or a scalar; what it was given instead is told of, with class and field', () => {
    class Part {
      @cv.IsString() name!: string;
    }
    class Given {
      @cv.ValidateNested({ each: true }) @Items(Part as never) classes!: Part[];
      @Items(String as never) texts!: string[];
      @Items(() => undefined as never) cycle!: Part[];
      @Items(() => Object) objects!: object[];
      @Items(() => Date) dates!: Date[];
    }
    const mistakes = mistakesOf(Given);
    expect(mistakes.map(([code]) => code)).toEqual(Array(5).fill('NESTED_TYPE_UNKNOWN'));
    for (const [index, field] of ['classes', 'texts', 'cycle', 'objects', 'dates'].entries()) {
      expect(mistakes[index]?.[1]).toContain(`Given.${field} `);
    }
  });
});

describe('a getter', () => {
  class Total {
    @cv.IsInt() a!: number;
    @cv.IsInt() get doubled(): number {
      return this.a * 2;
    }
  }

  it('cannot be filled in from a message', () => {
    expect(mistakesOf(Total)).toEqual([['UNSUPPORTED_RULE', expect.stringContaining('Total.doubled')]]);
  });

  it('is a field of a result', async () => {
    const schema = compileSchema(Total, { role: 'output' });
    await schema.prepare();
    expect(schema.serialise(Object.assign(new Total(), { a: 2 }))).toEqual({ ok: true, value: { a: 2, doubled: 4 } });
  });
});
