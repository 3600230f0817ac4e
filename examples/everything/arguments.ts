import { IsString } from 'class-validator';
import { Header, Injectable, jsonSchema, Tool } from 'perdura';

class Place {
  @IsString() @Header('Region') region!: string;
}

/** What JSON Schema 2020-12 can say of arguments beyond their types (SEP-1613, SEP-2106). */
const CONTACT = jsonSchema({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
});

/** Arguments that are more than JSON in the body. */
@Injectable()
export class ArgumentTools {
  @Tool({ name: 'test_x_mcp_header', description: 'Takes an argument that a header mirrors.', input: Place })
  mirrored({ region }: Place): string {
    return `Region: ${region}`;
  }

  @Tool({ name: 'json_schema_2020_12_tool', description: 'Takes what a rich JSON Schema allows.', input: CONTACT })
  contact(contact: unknown): string {
    return JSON.stringify(contact);
  }
}
