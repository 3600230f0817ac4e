import { Ajv2020 } from 'ajv/dist/2020.js';
import { validateSync } from 'class-validator';
import fc from 'fast-check';
import type { Class } from '../../../framework/metadata/class.js';
import { warmUp } from '../../../framework/schema/checker.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';
import { anything, type Subject, SUBJECTS } from './differential-dtos.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
const RUNS = Number(process.env['RUNS'] ?? 1_000);

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Changes one place of a value: replaces it, takes it away, or adds a property that nobody declared. */
function mutate(value: unknown, path: readonly number[], replacement: unknown): unknown {
  const [step = 0, ...rest] = path;
  if (Array.isArray(value) && value.length > 0) {
    const at = step % value.length;
    return value.map((one: unknown, index) => (index === at ? mutate(one, rest, replacement) : one));
  }
  if (!isObject(value) || Object.keys(value).length === 0 || step % 7 === 6) return replacement;
  if (step % 11 === 10) return { ...value, unknown: replacement };
  const key = Object.keys(value)[step % Object.keys(value).length] as string;
  if (step % 5 === 4) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
  return { ...value, [key]: mutate(value[key], rest, replacement) };
}

/** Hydrates as plainly as can be, so that class-validator judges alone. */
function instanceOf(Dto: Class, json: Json, nested: Readonly<Record<string, Class>>): object {
  const hydrate = (value: unknown, Inner: Class): unknown =>
    isObject(value) ? instanceOf(Inner, value, nested) : value;
  const fields = Object.entries(json).map(([name, value]) => {
    const Inner = nested[name];
    if (Inner === undefined) return [name, value];
    return [name, Array.isArray(value) ? value.map((one) => hydrate(one, Inner)) : hydrate(value, Inner)];
  });
  return Object.assign(new Dto(), Object.fromEntries(fields));
}

/** Perdura refuses `null` where a field is optional; class-validator takes it for "absent". */
function hasNull(value: unknown, optional: readonly string[]): boolean {
  if (Array.isArray(value)) return value.some((one) => hasNull(one, optional));
  if (!isObject(value)) return false;
  return Object.entries(value).some(
    ([name, one]) => (one === null && optional.includes(name)) || hasNull(one, optional),
  );
}

function classValidatorAccepts({ Dto, nested = {}, optional = [] }: Subject, json: unknown): boolean {
  if (!isObject(json) || hasNull(json, optional)) return false;
  try {
    const rules = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
    return validateSync(instanceOf(Dto, json, nested), rules).length === 0;
  } catch {
    return false; // @IsNumber({ maxDecimalPlaces }) throws on 1e-7
  }
}

beforeAll(() => warmUp());

describe.each(SUBJECTS.map((subject) => [subject.Dto.name, subject] as const))(
  `ajv and class-validator on %s (seed ${seed}, ${RUNS} runs)`,
  (_, subject) => {
    const schema = compileSchema(subject.Dto);
    const ajv = new Ajv2020({ strict: true, strictTypes: false, allowUnionTypes: true, validateFormats: false });
    const ajvAccepts = ajv.compile(schema.json);
    const ok = (value: unknown): boolean => (schema.validate(value) as { ok: boolean }).ok;

    it('accept what the class was made for', () => {
      const property = fc.property(subject.valid, (value) => {
        expect([ajvAccepts(value), classValidatorAccepts(subject, value), ok(value)]).toEqual([true, true, true]);
      });
      fc.assert(property, { seed, numRuns: RUNS });
    });

    it(
      subject.expressible ? 'judge every mutation alike' : 'together refuse what Perdura refuses, and nothing else',
      () => {
        const mutated = fc.tuple(subject.valid, fc.array(fc.nat(500), { maxLength: 4 }), anything);
        let refused = 0;
        const property = fc.property(mutated, ([value, path, replacement]) => {
          const json = mutate(value, path, replacement);
          const byClass = classValidatorAccepts(subject, json);
          expect(ok(json)).toBe(byClass);
          if (subject.expressible) expect(ajvAccepts(json)).toBe(byClass);
          else if (byClass) expect(ajvAccepts(json)).toBe(true);
          if (!byClass) refused++;
        });
        fc.assert(property, { seed, numRuns: RUNS });
        expect(refused).toBeGreaterThan(RUNS / 10);
      },
    );
  },
);
