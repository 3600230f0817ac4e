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

beforeAll(() => warmUp());

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
});
