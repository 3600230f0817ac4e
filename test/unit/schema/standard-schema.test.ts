import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import type { BootError } from '../../../framework/errors.js';
import { warmUp } from '../../../framework/schema/checker.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';
import { jsonSchema } from '../../../framework/schema/json-schema.js';

const issuesOf = (result: unknown): unknown => (result as { issues?: unknown }).issues;

beforeAll(() => warmUp());

describe('a zod schema', () => {
  const schema = compileSchema(
    z.object({
      query: z.string().max(3),
      limit: z.number().default(4),
      in: z.object({ n: z.int() }).array().optional(),
    }),
  );

  it('gives its own JSON Schema and validates by itself', () => {
    expect(schema.json).toMatchObject({ type: 'object', properties: { query: { maxLength: 3 } }, required: ['query'] });
    expect(schema.validate({ query: 'a' })).toEqual({ ok: true, value: { query: 'a', limit: 4 } });
  });

  it('names places by dotted paths', () => {
    expect(issuesOf(schema.validate({ query: 'a', in: [{ n: 'x' }] }))).toMatchObject([{ path: 'in[0].n' }]);
  });

  it('describes what is sent where it is an output', async () => {
    const output = compileSchema(z.object({ at: z.string(), n: z.number().default(1) }), { role: 'output' });
    expect(output.json).toMatchObject({ required: ['at', 'n'], additionalProperties: false });
    expect(await output.serialise({ at: 'x', other: 1 })).toEqual({ ok: true, value: { at: 'x', n: 1 } });
  });

  it('is refused where it has no JSON Schema, or is no object', () => {
    expect(() => compileSchema(z.object({ when: z.date() }))).toThrow(/NO_JSON_SCHEMA.*zod/s);
    expect(() => compileSchema(z.string())).toThrow(/INPUT_NOT_OBJECT/);
  });

  it('may be a union of objects, at any depth, which is said at the root', () => {
    const add = z.object({ kind: z.literal('add'), by: z.number() });
    const drop = z.object({ kind: z.literal('drop') });
    const move = z.object({ kind: z.literal('move') }).and(z.object({ to: z.string() }));
    for (const union of [z.discriminatedUnion('kind', [add, drop]), z.union([z.union([add, drop]), move])]) {
      for (const role of ['input', 'output'] as const) {
        expect(compileSchema(union, { role }).json).toMatchObject({ type: 'object' });
      }
      expect(compileSchema(union).validate({ kind: 'drop' })).toEqual({ ok: true, value: { kind: 'drop' } });
    }
    expect(() => compileSchema(z.union([add, z.string()]))).toThrow(/INPUT_NOT_OBJECT/);
    expect(compileSchema(z.union([add, z.string()]), { role: 'output' }).json).not.toHaveProperty('type');
    expect(() => compileSchema(z.union([add, drop]), { role: 'form' })).toThrow(/INPUT_NOT_OBJECT/);
  });

  it('may be asynchronous', async () => {
    const slow = compileSchema(z.object({ id: z.string().refine(async (id) => id !== 'taken', 'is taken') }));
    expect(await slow.validate({ id: 'taken' })).toEqual({ ok: false, issues: [{ path: 'id', message: 'is taken' }] });
  });
});

describe('an arktype schema', () => {
  const schema = compileSchema(type({ query: 'string', 'n?': 'number < 3' }));

  it('gives its own JSON Schema and validates by itself', () => {
    expect(schema.json).toMatchObject({ type: 'object', required: ['query'] });
    expect(schema.validate({ query: 'a' })).toEqual({ ok: true, value: { query: 'a' } });
  });

  it('is kept from repeating values in its messages', () => {
    expect(issuesOf(schema.validate({ query: 'a', n: 987654 }))).toEqual([
      { path: 'n', message: 'must be less than 3' },
    ]);
    const choices = compileSchema(
      type({
        'size?': "'small'|'large'",
        'level?': '1|2',
        'code?': 'string.email & string>30',
        'link?': 'string.email|string.url',
        'place?': type({ city: 'string' }).or({ zip: 'number' }),
      }),
    );
    const given = { size: 'hunter2', level: 987654, code: 'hunter2', link: 'hunter2', place: { town: 'hunter2' } };
    expect(issuesOf(choices.validate(given))).toEqual([
      { path: 'code', message: 'must be an email address and at least length 31' },
      { path: 'level', message: 'must be 1 or 2' },
      { path: 'link', message: 'must be an email address or a URL string' },
      { path: 'place', message: 'must be a string at city or a number at zip' },
      { path: 'size', message: expect.stringMatching(/^must be "(small|large)" or "(small|large)"$/) },
    ]);
  });
});

describe('a valibot schema', () => {
  const inner = v.object({ query: v.pipe(v.string(), v.maxLength(3)), n: v.optional(v.number()) });
  const json = {
    type: 'object',
    properties: { query: { type: 'string' }, n: { type: 'number' } },
    required: ['query'],
  };

  it('asks for its JSON Schema, because it offers none', () => {
    let code: string | undefined;
    try {
      compileSchema(inner);
    } catch (error) {
      code = (error as BootError).mistakes[0]?.code;
    }
    expect(code).toBe('NO_JSON_SCHEMA');
  });

  it('is checked after the JSON Schema beside it, and kept from repeating values', () => {
    const schema = compileSchema(jsonSchema(inner, json));
    expect(schema.json).toBe(json);
    expect(schema.validate({ query: 'abc' })).toEqual({ ok: true, value: { query: 'abc' } });
    expect(issuesOf(schema.validate({ query: 5 }))).toEqual([{ path: 'query', message: 'must be a string' }]);
    const [issue] = issuesOf(schema.validate({ query: 'hunter2' })) as { path: string; message: string }[];
    expect(issue).toEqual({ path: 'query', message: 'Invalid length: Expected <=3' });
    const mail = compileSchema(jsonSchema(v.object({ mail: v.pipe(v.string(), v.email()) }), { type: 'object' }));
    expect(issuesOf(mail.validate({ mail: 'hunter2' }))).toEqual([{ path: 'mail', message: 'Invalid email' }]);
  });
});

it('no vendor quotes a text, or fills the message with names that the sender chose', () => {
  const quoting = {
    '~standard': {
      version: 1,
      vendor: 'quoting',
      validate: (value: { word: string }) => ({
        issues: [{ path: ['word'], message: `Expected a number, actual ${JSON.stringify(value.word)}` }],
      }),
    },
  } as const;
  const schema = compileSchema(jsonSchema(quoting as never, { type: 'object' }));
  expect(issuesOf(schema.validate({ word: 'hunter2' }))).toEqual([
    { path: 'word', message: 'Expected a number, actual the value' },
  ]);
  const closed = compileSchema(z.strictObject({ rows: z.record(z.string(), z.number()).optional() }));
  const [unknown] = issuesOf(closed.validate({ [`a\n- b${'k'.repeat(5_000)}`]: 1 })) as { message: string }[];
  expect(unknown?.message).toMatch(/^Unrecognized key: "a\?- bk+$/);
  expect(unknown?.message).toHaveLength(1_000);
  expect(issuesOf(closed.validate({ rows: { [`a\n${'k'.repeat(500)}`]: 'x' } }))).toMatchObject([
    { path: `rows.a?${'k'.repeat(62)}` },
  ]);
});

it('a result passes the Standard Schema too that stands beside a JSON Schema, and what comes out of it is sent', async () => {
  const day = v.pipe(
    v.object({ at: v.date() }),
    v.check(({ at }) => at.getUTCFullYear() > 2000, 'is long ago'),
    v.transform(({ at }) => ({ at: at.toISOString().slice(0, 10) })),
  );
  const json = {
    type: 'object',
    properties: { at: { type: 'string' } },
    required: ['at'],
    additionalProperties: false,
  };
  const schema = compileSchema(jsonSchema(day, json), { role: 'output' });
  expect(await schema.serialise({ at: new Date('2026-01-31T12:00:00Z') })).toEqual({
    ok: true,
    value: { at: '2026-01-31' },
  });
  expect(await schema.serialise({ at: new Date('1999-01-31T12:00:00Z') })).toEqual({
    ok: false,
    issues: [{ path: '', message: 'is long ago' }],
  });
});

describe('a JSON Schema that was written by hand', () => {
  const literal = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: { address: { $anchor: 'addressDef', type: 'object', properties: { street: { type: 'string' } } } },
    properties: {
      name: { type: 'string' },
      address: { $ref: '#/$defs/address' },
      contact: { $ref: '#addressDef' },
      phone: { type: 'string' },
      mail: { type: 'string', format: 'email' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['mail'] }] }],
    if: { properties: { name: { const: 'x' } }, required: ['name'] },
    then: { required: ['address'] },
    else: { required: [] },
    additionalProperties: false,
  };
  const schema = compileSchema(jsonSchema<{ name?: string }>(literal));

  it('goes on the wire word by word', () => {
    expect(schema.json).toBe(literal);
  });

  // Spec: schemas.2020-12, schemas.validated
  it('checks values, and takes its formats at their word', async () => {
    await schema.prepare();
    expect(schema.validate({ phone: '1' })).toEqual({ ok: true, value: { phone: '1' } });
    expect(issuesOf(schema.validate({ name: 'x', phone: '1' }))).toEqual([{ path: 'address', message: 'is required' }]);
    expect(issuesOf(schema.validate({ name: 'y' }))).toEqual([
      { path: '', message: 'must match one of the allowed shapes' },
    ]);
    expect(issuesOf(schema.validate({ mail: 'nobody' }))).toEqual([{ path: 'mail', message: 'must be a valid email' }]);
    expect(issuesOf(schema.validate({ phone: '1', contact: { street: 5 } }))).toEqual([
      { path: 'contact.street', message: 'must be a string' },
    ]);
  });

  it('keeps keys that reach prototypes out of what it returns', async () => {
    const open = compileSchema(jsonSchema({ type: 'object' }));
    await open.prepare();
    expect(open.validate(JSON.parse('{"a":1,"__proto__":{"b":2}}'))).toEqual({ ok: true, value: { a: 1 } });
  });

  it('never takes an inherited member for a property', async () => {
    const named = compileSchema(jsonSchema({ type: 'object', required: ['toString'] }));
    await named.prepare();
    expect(issuesOf(named.validate({}))).toEqual([{ path: 'toString', message: 'is required' }]);
  });

  it('is a Standard Schema itself', async () => {
    const source = jsonSchema({ type: 'object', properties: { a: { type: 'string' } } });
    const standard = (source as { '~standard': { validate(value: unknown): unknown } })['~standard'];
    expect(await standard.validate({ a: 'x' })).toEqual({ value: { a: 'x' } });
    expect(await standard.validate({ a: 5 })).toEqual({ issues: [{ message: 'must be a string', path: ['a'] }] });
  });

  it('reports what only the checker can find when it is prepared', async () => {
    const broken = compileSchema(jsonSchema({ type: 'object', properties: { a: { minimum: 'x' } } }));
    await expect(broken.prepare()).rejects.toMatchObject({ code: 'INVALID_JSON_SCHEMA' });
  });
});
