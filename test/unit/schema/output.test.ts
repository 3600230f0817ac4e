import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as cv from 'class-validator';
import { Items } from '../../../framework/decorators/properties.js';
import { warmUp } from '../../../framework/schema/checker.js';
import { compileSchema } from '../../../framework/schema/compile-schema.js';

class Finding {
  @cv.IsString() text!: string;
  @cv.IsOptional() @Items(() => Finding) @cv.ValidateNested() next?: Finding;
}

class Report {
  @cv.IsString() title!: string;
  @cv.IsDate() at!: Date;
  @cv.IsString({ each: true }) tags!: Set<string>;
  @cv.ValidateNested({ each: true }) @Items(() => Finding) findings!: Finding[];
  @cv.IsOptional() @cv.IsObject() extra?: object;
}

const schema = compileSchema(Report, { role: 'output' });
const at = new Date('2026-01-31T12:00:00Z');
const plain = { title: 'T', at, tags: new Set(['a']), findings: [{ text: 'x', secret: 1 }] };
const sent = { title: 'T', at: '2026-01-31T12:00:00.000Z', tags: ['a'], findings: [{ text: 'x' }] };

beforeAll(async () => {
  await warmUp();
  await schema.prepare();
});

describe('what a handler returns', () => {
  it('is sent as JSON, whether it is an instance or a plain object', () => {
    expect(schema.serialise(plain)).toEqual({ ok: true, value: sent });
    expect(schema.serialise(Object.assign(new Report(), plain))).toEqual({ ok: true, value: sent });
  });

  it('takes lists for sets and texts for dates, as JSON would have them', () => {
    expect(schema.serialise(sent)).toEqual({ ok: true, value: sent });
  });

  it('loses what the class does not declare, at every level', () => {
    const result = schema.serialise({ ...plain, passwordHash: 'x' });
    expect(JSON.stringify(result)).not.toMatch(/passwordHash|secret/);
  });

  it('is checked against the published schema', () => {
    expect(schema.serialise({ ...plain, title: 5 })).toMatchObject({ issues: [{ path: 'title' }] });
    expect(schema.serialise({ ...plain, findings: [{}] })).toMatchObject({ issues: [{ path: 'findings[0].text' }] });
    expect(schema.serialise(undefined)).toMatchObject({ issues: [{ path: '', message: 'must be an object' }] });
    expect(schema.serialise([])).toMatchObject({ issues: [{ path: '' }] });
  });

  it('is refused where JSON cannot hold it, without a RangeError', () => {
    const loop: Record<string, unknown> = { text: 'x' };
    loop['next'] = loop;
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    const message = 'holds what JSON cannot: a cycle, a Map, a bigint or NaN';
    for (const extra of [cycle, { n: 1n }, { n: NaN }, { m: new Map() }, { d: new Date(NaN) }]) {
      expect(schema.serialise({ ...plain, extra })).toEqual({ ok: false, issues: [{ path: '', message }] });
    }
    expect(schema.serialise({ ...plain, findings: [loop] })).toEqual({ ok: false, issues: [{ path: '', message }] });
  });

  it('may say for itself what its JSON is', () => {
    const extra = { toJSON: () => ({ a: 1, at, none: undefined, f: () => 1 }) };
    const expected = { ...sent, extra: { a: 1, at: '2026-01-31T12:00:00.000Z' } };
    expect(schema.serialise({ ...plain, extra })).toEqual({ ok: true, value: expected });
  });

  it('leaves null out of an optional field, where class-validator takes it for absent', async () => {
    class Row {
      @cv.IsOptional() @cv.IsString() note!: string | null;
      @cv.IsOptional() @cv.IsIn([null, 'a']) kept!: 'a' | null;
      @cv.IsOptional() @cv.ValidateNested() @Items(() => Finding) finding!: Finding | null;
      @cv.IsOptional() @cv.IsString({ each: true }) tags!: string[] | null;
      @cv.IsIn([null, 'b']) must!: 'b' | null;
    }
    const row = compileSchema(Row, { role: 'output' });
    const none = { note: null, kept: null, finding: null, tags: null, must: null };
    expect(await row.serialise(none)).toEqual({ ok: true, value: { kept: null, must: null } });
    expect(await row.serialise({ note: 'x', must: 'b' })).toEqual({ ok: true, value: { note: 'x', must: 'b' } });
  });
});

describe('the formats of an output', () => {
  class Contact {
    @cv.IsUrl() home!: string;
    @cv.IsEmail() mail!: string;
    @cv.IsDateString() born!: string;
    @cv.IsIP('6') address!: string;
    @cv.IsUUID(4) id!: string;
    @cv.IsDate() at!: Date;
  }
  const contact = {
    ...{ home: 'example.com', mail: 'jörg@example.com', born: '2026-01-31', address: 'fe80::1%eth0' },
    ...{ id: 'f47ac10b-58cc-4372-a567-0e02b2c3d479', at },
  };

  it('are those that clients can hold a result against: all that a rule accepts', async () => {
    expect(cv.validateSync(Object.assign(new Contact(), contact))).toEqual([]);
    const output = compileSchema(Contact, { role: 'output' });
    const formats = Object.entries(output.json['properties'] as Record<string, { format?: string }>).flatMap(
      ([name, { format }]) => (format === undefined ? [] : [[name, format]]),
    );
    expect(formats).toEqual([
      ['id', 'uuid'],
      ['at', 'date-time'],
    ]);
    const value = { ...contact, at: at.toISOString() };
    expect(await output.serialise(contact)).toEqual({ ok: true, value });
    const ajv = new Ajv2020({ strict: false });
    (addFormats as unknown as (to: Ajv2020) => void)(ajv);
    expect(ajv.validate(output.json, value)).toBe(true);
  });

  it('are kept by what is sent', async () => {
    const output = compileSchema(Contact, { role: 'output' });
    expect(await output.serialise({ ...contact, at: 'soon' })).toEqual({
      ok: false,
      issues: [{ path: 'at', message: 'must be a valid date-time' }],
    });
  });

  it('are hints for models in an input', () => {
    expect(compileSchema(Contact).json['properties']).toMatchObject({
      home: { format: 'uri' },
      mail: { format: 'email' },
      born: { format: 'date-time' },
      address: { format: 'ipv6' },
    });
  });
});
