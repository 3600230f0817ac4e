import * as cv from 'class-validator';
import { Items } from '../../../framework/decorators/properties.js';
import type { BootError } from '../../../framework/errors.js';
import type { Class } from '../../../framework/metadata/class.js';
import { warmUp } from '../../../framework/schema/checker.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';

const codesOf = (source: Class): readonly string[] => {
  try {
    compileSchema(source);
    return [];
  } catch (error) {
    return (error as BootError).mistakes.map(({ code }) => code);
  }
};
const issues = (of: Class, value: unknown): unknown =>
  (compileSchema(of).validate(value) as { issues?: unknown }).issues;

beforeAll(() => warmUp());

describe('under a condition', () => {
  it('a regular expression is measured as anywhere else, and no bound is taken to hold before it', () => {
    class Steep {
      @cv.ValidateIf(() => true) @cv.Matches(/^(a+)+$/) text?: string;
    }
    class Quadratic {
      @cv.ValidateIf(() => true) @cv.MaxLength(100) @cv.Matches(/^\d+[\d.]*$/) text?: string;
    }
    class Linear {
      @cv.ValidateIf(() => true) @cv.Matches(/^[a-z]+$/) text?: string;
    }
    expect([codesOf(Steep), codesOf(Quadratic), codesOf(Linear)]).toEqual([
      ['UNSAFE_PATTERN'],
      ['UNBOUNDED_PATTERN'],
      [],
    ]);
  });

  it('a date-time becomes a Date, which the rules can pass', () => {
    class Alarm {
      @cv.IsBoolean() once!: boolean;
      @cv.ValidateIf((alarm: Alarm) => alarm.once) @cv.IsDate() at?: Date;
      @cv.ValidateIf((alarm: Alarm) => alarm.once) @cv.IsDate({ each: true }) others?: Date[];
    }
    const at = '2026-01-31T12:00:00Z';
    const value = { once: true, at, others: [at] };
    expect(compileSchema(Alarm).validate(value)).toMatchObject({
      ok: true,
      value: { at: new Date(at), others: [new Date(at)] },
    });
    const message = 'must be a date and time such as 2026-01-31T12:00:00Z';
    expect(issues(Alarm, { ...value, at: 'soon' })).toEqual([{ path: 'at', message }]);
    expect(issues(Alarm, { ...value, others: [5] })).toEqual([{ path: 'others', message }]);
    expect(compileSchema(Alarm).validate({ once: false, at: 'soon' })).toMatchObject({ value: { at: 'soon' } });
  });

  it('a Set is refused, because nothing would make one', () => {
    class Tags {
      @cv.ValidateIf(() => true) @cv.IsString({ each: true }) tags?: Set<string>;
    }
    expect(codesOf(Tags)).toEqual(['UNSUPPORTED_RULE']);
  });

  it('a rule for each element is asked once with the whole list, as class-validator asks', () => {
    class Words {
      @cv.IsString({ each: true })
      @cv.MinLength(3, { each: true, validateIf: (_, value) => Array.isArray(value) && value.length > 1 })
      words!: string[];
    }
    const judge = (words: string[]): readonly unknown[] => [
      issues(Words, { words }) === undefined,
      cv.validateSync(Object.assign(new Words(), { words })).length === 0,
    ];
    expect(judge(['a'])).toEqual([true, true]);
    expect(judge(['a', 'bcd'])).toEqual([false, false]);
    expect(judge(['abc', 'bcd'])).toEqual([true, true]);
  });
});

describe('a validation group is refused', () => {
  const groups = ['admin'];
  class Part {
    @cv.IsString() name!: string;
  }
  class Optional {
    @cv.IsString() @cv.IsOptional({ groups }) name?: string;
  }
  class Nested {
    @cv.ValidateNested({ groups }) part!: Part;
  }
  class NestedEach {
    @cv.ValidateNested({ each: true, groups }) @Items(() => Part) parts!: Part[];
  }
  class Conditional {
    @cv.IsString() @cv.ValidateIf(() => true, { groups }) name?: string;
  }
  it.each([Optional, Nested, NestedEach, Conditional])('on every decorator: %p', (target) => {
    expect(codesOf(target)).toEqual(['GROUPED_RULE']);
  });

  it('but for a rule that always counts', () => {
    class Always {
      @cv.IsString({ groups, always: true }) name!: string;
    }
    expect(issues(Always, { name: 5 })).toHaveLength(1);
  });
});

it('@ArrayUnique compares by the function that it was given', () => {
  class Tags {
    @cv.IsString({ each: true }) @cv.ArrayUnique((tag: string) => tag.toLowerCase()) tags!: string[];
  }
  expect(issues(Tags, { tags: ['a', 'b'] })).toBeUndefined();
  expect(issues(Tags, { tags: ['a', 'A'] })).toEqual([{ path: 'tags', message: "All tags's elements must be unique" }]);
});

it('an asynchronous rule that fails beside one that throws at once ends no process', async () => {
  const unseen: unknown[] = [];
  const see = (reason: unknown): void => void unseen.push(reason);
  process.on('unhandledRejection', see);
  class Account {
    @cv.ValidateBy({ name: 'slow', validator: { validate: () => Promise.reject(new Error('no database')) as never } })
    name!: string;
    @cv.ValidateBy({
      name: 'broken',
      validator: {
        validate: () => {
          throw new Error('broken');
        },
      },
    })
    mail!: string;
  }
  expect(() => compileSchema(Account).validate({ name: 'a', mail: 'b' })).toThrow('broken');
  await new Promise(setImmediate);
  process.off('unhandledRejection', see);
  expect(unseen).toEqual([]);
});
