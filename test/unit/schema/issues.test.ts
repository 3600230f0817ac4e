import * as cv from 'class-validator';
import { Items } from '../../../framework/decorators/properties.js';
import { warmUp } from '../../../framework/schema/checker.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';
import type { Class } from '../../../framework/metadata/class.js';

class Part {
  @cv.IsString()
  @cv.MaxLength(3, { message: '$property of $target is longer than $constraint1: $value' })
  name!: string;
}

class Order {
  @cv.IsString() @cv.MinLength(3) query!: string;
  @cv.IsInt({ message: 'count whole things' }) @cv.Min(1) @cv.Max(50) limit!: number;
  @cv.IsEmail({}, { message: ({ property }) => `${property} is no mail` }) mail!: string;
  @cv.ValidateNested({ each: true }) @Items(() => Part) @cv.ArrayMinSize(1) parts!: Part[];
  @cv.IsSemVer() version!: string;
  @cv.IsLowercase({ each: true }) tags!: string[];
}

const good = { query: 'abc', limit: 5, mail: 'a@b.co', parts: [{ name: 'x' }], version: '1.0.0', tags: ['a'] };
const schema = compileSchema(Order);
const issues = (value: unknown, of: { validate(value: unknown): unknown } = schema): unknown =>
  (of.validate(value) as { issues?: unknown }).issues;

beforeAll(() => warmUp());

describe('issues', () => {
  it.each<[string, Record<string, unknown>, string, string]>([
    ['a missing property', { query: undefined }, 'query', 'is required'],
    ['a short text', { query: 'a' }, 'query', 'must be at least 3 characters long'],
    ['a number above its bound', { limit: 51 }, 'limit', 'must be at most 50'],
    ['the wrong type', { query: 5 }, 'query', 'must be a string'],
    ['an empty list', { parts: [] }, 'parts', 'must have at least 1 element'],
    [
      'a rule that only class-validator knows',
      { version: 'x' },
      'version',
      'must be a Semantic Versioning Specification',
    ],
    ['an element of a list', { tags: ['a', 'B'] }, 'tags[1]', 'must be a lowercase string'],
    ["the user's own message", { limit: 1.5 }, 'limit', 'count whole things'],
    ["the user's own function", { mail: 'x' }, 'mail', 'mail is no mail'],
    [
      "the user's own message of a nested class, without the value",
      { parts: [{ name: 'abcd' }] },
      'parts[0].name',
      'name of Part is longer than 3: the value',
    ],
  ])('name the place of %s and say what it must be', (_, change, path, message) => {
    expect(issues(JSON.parse(JSON.stringify({ ...good, ...change })))).toEqual([{ path, message }]);
  });

  it('name the known properties for an unknown one', () => {
    const message = 'is not a known property; known are: query, limit, mail, parts, version, tags';
    expect(issues({ ...good, limits: 5 })).toEqual([{ path: 'limits', message }]);
  });

  it('are all that JSON Schema finds, not only the first', () => {
    expect(issues({ ...good, query: 1, limit: 99, parts: 'x' })).toHaveLength(3);
  });

  it('are 20 at most', () => {
    expect(issues({ ...good, parts: new Array(100).fill({ name: 5 }) })).toHaveLength(20);
    expect(issues({ ...good, tags: new Array(100).fill('B') })).toHaveLength(20);
  });

  it('never repeat a value, and cut the name of an unknown property short', () => {
    const secret = 'hunter2'.repeat(10);
    const found = JSON.stringify(issues({ ...good, query: { secret }, version: secret, limit: secret, mail: secret }));
    expect(found).not.toContain('hunter2');
    expect(JSON.stringify(issues({ ...good, [`\u0000${'k'.repeat(500)}`]: 1 }))).toContain(`"?${'k'.repeat(63)}"`);
  });
});

describe('rules that JSON Schema cannot say', () => {
  it('run on the hydrated object, so that they may compare fields', () => {
    class Range {
      @cv.IsInt() from!: number;
      @cv.IsInt()
      @cv.ValidateBy({
        name: 'isAfter',
        validator: {
          validate: (value: number, args) => value > (args?.object as Range).from,
          defaultMessage: () => '$property must be after from',
        },
      })
      to!: number;
    }
    const range = compileSchema(Range);
    expect(issues({ from: 1, to: 2 }, range)).toBeUndefined();
    expect(issues({ from: 2, to: 1 }, range)).toEqual([{ path: 'to', message: 'must be after from' }]);
  });

  it('may be asynchronous: then, and only then, a promise comes back', async () => {
    @cv.ValidatorConstraint({ name: 'isFree', async: true })
    class IsFree implements cv.ValidatorConstraintInterface {
      validate = async (name: string): Promise<boolean> => name !== 'taken';
      defaultMessage = (): string => '$property is taken';
    }
    class Account {
      @cv.IsString() @cv.Validate(IsFree) name!: string;
    }
    const account = compileSchema(Account);
    await expect(account.validate({ name: 'free' })).resolves.toMatchObject({ ok: true });
    await expect(account.validate({ name: 'taken' })).resolves.toEqual({
      ok: false,
      issues: [{ path: 'name', message: 'is taken' }],
    });
    expect(account.validate({ name: 5 })).not.toBeInstanceOf(Promise);
  });

  it('run on an initial value that is no list as on an element of one', () => {
    const isList = (_: unknown, value: unknown): boolean => value !== null;
    class Tags {
      @cv.IsString({ each: true, validateIf: isList }) tags: string[] | null = null;
    }
    const tags = compileSchema(Tags);
    expect(tags.validate({})).toEqual({ ok: true, value: { tags: null } });
    expect(issues({ tags: ['a', 5] }, tags)).toEqual([{ path: 'tags[1]', message: 'must be a string' }]);
  });

  it('name bounds as JSON has them, and nothing of the code that gives them', () => {
    const bound = new Date('2026-01-01T00:00:00Z');
    class Trip {
      @cv.MinDate(bound) from!: Date;
      @cv.MaxDate(() => bound) to!: Date;
      @cv.ValidateBy(
        { name: 'own', constraints: [() => 'hunter2'], validator: { validate: () => false } },
        {
          message: 'is not right: $constraint1',
        },
      )
      by!: string;
    }
    const trip = { from: '2025-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z', by: 'x' };
    expect(issues(trip, compileSchema(Trip))).toEqual([
      { path: 'from', message: 'minimal allowed date for from is 2026-01-01T00:00:00.000Z' },
      { path: 'to', message: 'maximal allowed date for to is 2026-01-01T00:00:00.000Z' },
      { path: 'by', message: 'is not right: a function' },
    ]);
  });

  it('count only while their condition holds', () => {
    class Payment {
      @cv.IsIn(['card', 'cash']) by!: string;
      @cv.ValidateIf((payment: Payment) => payment.by === 'card') @cv.IsString({ each: true }) numbers?: string[];
      @cv.IsInt({ validateIf: (payment: Payment) => payment.by === 'cash' }) coins!: unknown;
    }
    const payment = compileSchema(Payment);
    expect(issues({ by: 'cash', coins: 5 }, payment)).toBeUndefined();
    expect(issues({ by: 'card', coins: 'x', numbers: ['1'] }, payment)).toBeUndefined();
    expect(issues({ by: 'card', coins: 'x' }, payment)).toEqual([{ path: 'numbers', message: 'must be a string' }]);
    expect(issues({ by: 'cash', coins: 'x' }, payment)).toEqual([
      { path: 'coins', message: 'must be an integer number' },
    ]);
  });

  it('are not run at all where keywords say everything', () => {
    let runs = 0;
    const counted = (Dto: Class): void => {
      for (const { constraintCls } of cv.getMetadataStorage().getTargetValidationMetadatas(Dto, '', false, false)) {
        for (const { instance } of cv.getMetadataStorage().getTargetValidatorConstraints(constraintCls)) {
          const validate = instance.validate.bind(instance);
          instance.validate = (...args) => (runs++, validate(...args));
        }
      }
    };
    class Sum {
      @cv.IsInt() @cv.Min(0) a!: number;
      @cv.IsInt() @cv.Max(9) b!: number;
    }
    counted(Sum);
    expect(issues({ a: 1, b: 2 }, compileSchema(Sum))).toBeUndefined();
    expect(runs).toBe(0);
    counted(Part);
  });
});
