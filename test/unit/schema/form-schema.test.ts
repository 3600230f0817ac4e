import * as core from '@modelcontextprotocol/core';
import { type } from 'arktype';
import * as cv from 'class-validator';
import { z } from 'zod';
import { Description, Items, Title } from '../../../framework/decorators/properties.js';
import type { BootError } from '../../../framework/errors.js';
import { warmUp } from '../../../framework/schema/checker.js';
import { formSchema } from '../../../framework/schema/form-schema.js';
import { jsonSchema } from '../../../framework/schema/json-schema.js';
import { looksSecret } from '../../../framework/schema/secret-names.js';

enum Color {
  Red = '#f00',
  Blue = '#00f',
}
enum Plain {
  a = 'a',
  b = 'b',
}

class Contact {
  @cv.IsString() @cv.Length(3, 50) @Title('Name') @Description('Shown to others') name = 'Ada';
  @cv.IsEmail() mail!: string;
  @cv.IsUrl() @cv.IsOptional() home?: string;
  @cv.IsInt() @cv.IsPositive() age!: number;
  @cv.IsBoolean() publish = false;
  @cv.IsEnum(Color) color = Color.Red;
  @cv.IsEnum(Plain) plain!: Plain;
  @cv.IsEnum(Color, { each: true }) @cv.ArrayMaxSize(2) colors: Color[] = [];
  @cv.IsIn(['x', 'y'], { each: true }) letters!: string[];
  @cv.Matches(/^[a-z]+$/) word!: string;
}

const form = formSchema(Contact);
const codesOf = (source: unknown): readonly string[] => {
  try {
    formSchema(source as never);
    return [];
  } catch (error) {
    return (error as BootError).mistakes.map(({ code }) => code);
  }
};

beforeAll(() => warmUp());

describe('the schema of a form', () => {
  // Spec: elicit.form
  it('has only what clients are asked to show', () => {
    const titled = [
      { const: '#f00', title: 'Red' },
      { const: '#00f', title: 'Blue' },
    ];
    expect(form.requestedSchema).toEqual({
      type: 'object',
      properties: {
        name: {
          ...{ type: 'string', title: 'Name', description: 'Shown to others', default: 'Ada' },
          ...{ minLength: 3, maxLength: 50 },
        },
        mail: { type: 'string', format: 'email' },
        home: { type: 'string', format: 'uri' },
        age: { type: 'integer', minimum: 1 },
        publish: { type: 'boolean', default: false },
        color: { type: 'string', default: '#f00', oneOf: titled },
        plain: { type: 'string', enum: ['a', 'b'] },
        colors: { type: 'array', default: [], maxItems: 2, items: { anyOf: titled } },
        letters: { type: 'array', items: { type: 'string', enum: ['x', 'y'] } },
        word: { type: 'string' },
      },
      required: ['mail', 'age', 'plain', 'letters', 'word'],
    });
  });

  // Spec: elicit.form
  it('is one that the official schema of the protocol accepts', () => {
    const params = { message: 'Who are you?', requestedSchema: form.requestedSchema };
    expect(core.ElicitRequestFormParamsSchema.safeParse(params)).toMatchObject({ success: true });
  });

  it('checks the answer against the whole shape, also against what it does not show', () => {
    const answer = { mail: 'a@b.co', age: 3, plain: 'a', letters: ['x'], word: 'abc' };
    expect(form.validate(answer)).toMatchObject({ ok: true, value: { name: 'Ada', color: '#f00' } });
    expect(form.validate({ ...answer, word: 'ABC' })).toMatchObject({ ok: false, issues: [{ path: 'word' }] });
    expect(form.validate({ ...answer, color: 'green' })).toMatchObject({ ok: false });
  });

  it('leaves out of an answer what it did not ask for, which no form can forbid', () => {
    const answer = { mail: 'a@b.co', age: 3, plain: 'a', letters: ['x'], word: 'abc' };
    const checked = form.validate({ ...answer, remark: 'hello', constructor: 1 });
    expect(checked).toMatchObject({ ok: true, value: { age: 3 } });
    expect(checked).not.toHaveProperty('value.remark');
    for (const value of [null, 'text', [answer]]) expect(form.validate(value)).toMatchObject({ ok: false });
  });

  it('keeps the names that a hand-written schema gives the values of an enum', () => {
    const size = { type: 'string', enum: ['s', 'l'], enumNames: ['Small', 'Large'] };
    expect(formSchema(jsonSchema({ type: 'object', properties: { size } })).requestedSchema.properties).toEqual({
      size,
    });
  });

  it('takes zod and hand-written schemas', () => {
    // arktype leaves the type of a choice to its values.
    expect(formSchema(type({ size: "'s'|'l'" })).requestedSchema.properties).toEqual({
      size: { type: 'string', enum: expect.arrayContaining(['s', 'l']) },
    });
    expect(formSchema(z.object({ when: z.iso.date(), ok: z.boolean() })).requestedSchema.properties).toMatchObject({
      when: { type: 'string', format: 'date' },
    });
    const one = { type: 'string', oneOf: [{ const: 'a', title: 'A' }] };
    expect(formSchema(jsonSchema({ type: 'object', properties: { one } })).requestedSchema.properties).toEqual({ one });
  });

  it('refuses fields that are not flat', () => {
    class Inner {
      @cv.IsString() name!: string;
    }
    class Deep {
      @cv.ValidateNested() inner!: Inner;
      @cv.IsString({ each: true }) words!: string[];
      @cv.ValidateNested({ each: true }) @Items(() => Inner) list!: Inner[];
      @cv.IsIn([1, 2]) number!: number;
      @cv.Allow() any!: unknown;
    }
    expect(codesOf(Deep)).toEqual(new Array(5).fill('INVALID_FORM_FIELD'));
  });

  // Spec: elicit.secrets, elicit.form-secrets
  it('refuses fields that look like secrets, by name or title', () => {
    class Secrets {
      @cv.IsString() password!: string;
      @cv.IsString() api_key!: string;
      @cv.IsString() @Title('Your PIN') code!: string;
    }
    expect(codesOf(Secrets)).toEqual(new Array(3).fill('SECRET_FORM_FIELD'));
  });
});

describe('secret-looking names', () => {
  it.each([
    'password',
    'userPassword',
    'apiKey',
    'API_KEY',
    'access-token',
    'otp',
    'pin',
    'cardNumber',
    'ssn',
    'clientSecret',
    'tokens',
    'private key',
  ])('are found in %s', (name) => expect(looksSecret(name)).toBe(true));

  it.each(['shipping', 'opinion', 'discard', 'maxTokens', 'secretary', 'key', 'keyboard', 'description', 'compass'])(
    'are not found in %s',
    (name) => expect(looksSecret(name)).toBe(false),
  );
});
