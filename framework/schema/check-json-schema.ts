import { PerduraError } from '../errors.js';
import { isObject } from './plain.js';
import type { JsonSchema, SchemaRole } from './schema.js';
import { looksSecret } from './secret-names.js';
import { type Subschema, subschemas } from './subschemas.js';

const DEEPEST = 64;
const MOST_SUBSCHEMAS = 2_000;
const DIALECT = /^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/;
const TYPES = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
/** RFC 9110, section 5.6.2: what the name of a header may be made of. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const MIRRORED = new Set<unknown>(['string', 'integer', 'boolean']);

/**
 * Finds what is wrong with a JSON Schema that is about to be published: its root, its size, references that leave
 * it (specification `basic`, "`$ref` Resolution"), and its `x-mcp-header` annotations (`server/tools`, SEP-2243).
 */
export function checkJsonSchema(json: JsonSchema, name: string, role: SchemaRole): readonly PerduraError[] {
  const mistakes: PerduraError[] = [];
  const mustBeObject = role === 'input' || role === 'form';
  if (mustBeObject && json['type'] !== 'object') mistakes.push(PerduraError.of('INPUT_NOT_OBJECT', name));
  const dialect = json['$schema'];
  if (dialect !== undefined && !DIALECT.test(String(dialect))) {
    mistakes.push(PerduraError.of('INVALID_JSON_SCHEMA', name, `its $schema is ${JSON.stringify(dialect)}`));
  }
  const anchors = new Set<string>();
  const references: string[] = [];
  const headers = new Map<string, string>();
  let count = 0;
  for (const subschema of subschemas(json)) {
    if (++count > MOST_SUBSCHEMAS) return [PerduraError.of('SCHEMA_TOO_LARGE', name, 'subschemas', MOST_SUBSCHEMAS)];
    if (subschema.depth > DEEPEST) return [PerduraError.of('SCHEMA_TOO_LARGE', name, 'levels of subschemas', DEEPEST)];
    for (const keyword of ['$ref', '$dynamicRef']) {
      if (typeof subschema.json[keyword] === 'string') references.push(subschema.json[keyword]);
    }
    for (const keyword of ['$anchor', '$dynamicAnchor']) anchors.add(`#${String(subschema.json[keyword])}`);
    const reason = malformed(subschema.json);
    if (reason !== undefined) mistakes.push(PerduraError.of('INVALID_JSON_SCHEMA', placeOf(name, subschema), reason));
    if ('x-mcp-header' in subschema.json) mistakes.push(...checkHeader(subschema, name, headers));
  }
  for (const reference of new Set(references)) {
    if (!reference.startsWith('#')) mistakes.push(PerduraError.of('REMOTE_REFERENCE', name, reference));
    else if (!anchors.has(reference) && !resolves(json, reference)) {
      mistakes.push(PerduraError.of('INVALID_JSON_SCHEMA', name, `it has nothing at "${reference}"`));
    }
  }
  return mistakes;
}

function checkHeader(subschema: Subschema, name: string, headers: Map<string, string>): readonly PerduraError[] {
  const header = subschema.json['x-mcp-header'];
  const place = placeOf(name, subschema);
  const refuse = (reason: string, fix: string): readonly PerduraError[] => [
    PerduraError.of('INVALID_HEADER', place, String(header), reason, fix),
  ];
  if (typeof header !== 'string' || !TOKEN.test(header)) {
    return refuse("a header's name is made of letters, digits and !#$%&'*+-.^_`|~", 'Rename the header');
  }
  if (!subschema.isStatic || subschema.path === '') {
    return refuse(
      'it is in a list, behind a $ref or under a condition',
      'Move the field where only objects lead to it',
    );
  }
  if (!MIRRORED.has(subschema.json['type'])) {
    return refuse('only strings, integers and booleans are mirrored', 'Change the type of the field or remove @Header');
  }
  const taken = headers.get(header.toLowerCase());
  if (taken !== undefined) {
    return refuse(`${taken} has the same header, and case makes no difference`, 'Rename one of the two');
  }
  headers.set(header.toLowerCase(), place);
  const field = subschema.path.split('.').at(-1) ?? '';
  return looksSecret(field) || looksSecret(header) ? [PerduraError.of('SECRET_HEADER', place)] : [];
}

// The checker compiles a schema only when it is first needed; these mistakes are common enough to be found at boot.
function malformed(json: JsonSchema): string | undefined {
  const types = [json['type']].flat().filter((type) => type !== undefined);
  const unknown = types.find((type) => !TYPES.has(type));
  if (unknown !== undefined) return `${JSON.stringify(unknown)} is no type`;
  if ('properties' in json && !isObject(json['properties'])) return '"properties" must be an object';
  if ('enum' in json && !Array.isArray(json['enum'])) return '"enum" must be a list of values';
  const required = json['required'] ?? [];
  const isNames = Array.isArray(required) && required.every((name) => typeof name === 'string');
  if (!isNames) return '"required" must be a list of names of properties';
  return undefined;
}

function resolves(root: JsonSchema, reference: string): boolean {
  if (reference !== '#' && !reference.startsWith('#/')) return false;
  let place: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const key = decoded(step)?.replaceAll('~1', '/').replaceAll('~0', '~');
    if (key === undefined || typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) return false;
    place = (place as Record<string, unknown>)[key];
  }
  return true;
}

function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}

function placeOf(name: string, { path }: Subschema): string {
  return path === '' ? name : `${name}.${path}`;
}
