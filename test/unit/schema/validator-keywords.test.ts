import { Ajv2020 } from 'ajv/dist/2020.js';
import * as classValidator from 'class-validator';
import { readFileSync } from 'node:fs';
import { warmUp } from '../../../framework/schema/checker.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';
import { STRUCTURAL, VALIDATOR_KEYWORDS } from '../../../framework/schema/validator-keywords.js';
import { SAMPLES } from './validator-samples.js';

const { getMetadataStorage, validateSync } = classValidator;

/** The classes among class-validator's capitalised exports; everything else there is a decorator. */
const CLASSES = ['MetadataStorage', 'ValidationError', 'ValidationTypes', 'Validator'];
const decorators = Object.entries(classValidator)
  .filter(([name, value]) => /^[A-Z]/.test(name) && typeof value === 'function' && !CLASSES.includes(name))
  .map(([name]) => name);

/** A class with one field, whose compiler recorded no type for it. */
function dtoWith(decorate: PropertyDecorator): new () => { value: unknown } {
  class Dto {
    value: unknown;
  }
  decorate(Dto.prototype, 'value');
  return Dto;
}

const show = (value: unknown): string => JSON.stringify(value);

beforeAll(() => warmUp());

describe('the table of keywords', () => {
  it('has a row for every decorator that class-validator exports, and for nothing else', () => {
    expect([...Object.keys(VALIDATOR_KEYWORDS), ...Object.keys(STRUCTURAL)].sort()).toEqual(decorators.sort());
  });

  it('is what the documentation shows, row by row', () => {
    const page = readFileSync('docs/schemas.md', 'utf8');
    const rows = [...page.matchAll(/^\|\s*`@(\w+)`\s*\|.*\|\s*(whole|part|depends|-)\s*\|$/gm)];
    const documented = Object.fromEntries(rows.map(([, name, coverage]) => [name, coverage]));
    const coverages = Object.entries(VALIDATOR_KEYWORDS).map(([name, { coverage }]) => [name, coverage]);
    const structural = Object.keys(STRUCTURAL).map((name) => [name, '-']);
    expect(documented).toEqual(Object.fromEntries([...coverages, ...structural]));
  });

  it('has a sample of every decorator in these tests', () => {
    expect([...new Set(SAMPLES.map(({ decorator }) => decorator))].sort()).toEqual(
      Object.keys(VALIDATOR_KEYWORDS).sort(),
    );
  });
});

describe.each(SAMPLES.map((sample, index) => [`${sample.decorator} (sample ${index})`, sample] as const))(
  '@%s',
  (_, { decorator, decorate, accepted, refused }) => {
    const Dto = dtoWith(decorate);
    const schema = compileSchema(Dto);
    const property = (schema.json['properties'] as Record<string, object>)['value'];
    const row = VALIDATOR_KEYWORDS[decorator];

    it('leaves the name in the metadata that the table knows', () => {
      const stored = getMetadataStorage().getTargetValidationMetadatas(Dto, '', false, false);
      expect(stored.map(({ name }) => name)).toEqual([row?.rule]);
    });

    for (const value of accepted)
      it(`accepts ${show(value)}`, () => {
        expect(schema.validate({ value })).toMatchObject({ ok: true, value: { value } });
        expect(validateSync(Object.assign(new Dto(), { value }))).toEqual([]);
      });

    for (const value of refused)
      it(`refuses ${show(value)} and names the field`, () => {
        const result = schema.validate({ value });
        expect(result).toMatchObject({ ok: false });
        const paths = 'issues' in result ? result.issues.map(({ path }) => path) : [];
        expect(paths.length).toBeGreaterThan(0);
        expect(paths.every((path) => path.startsWith('value'))).toBe(true);
        if (decorator !== 'IsEnum' || value !== 'Red') {
          expect(validateSync(Object.assign(new Dto(), { value }))).not.toEqual([]);
        }
      });

    it('emits keywords that hold for all that the rule accepts, and decide alone where the table says so', () => {
      const accepts = new Ajv2020({ strict: false, validateFormats: false }).compile(property ?? {});
      expect(accepted.filter((value) => !accepts(value))).toEqual([]);
      if (row?.coverage === 'whole') expect(refused.filter((value) => accepts(value))).toEqual([]);
    });
  },
);
