import type { JsonSchema } from '../schema/schema.js';

/** One argument of a prompt, as its field's schema describes it. */
export interface PromptArgument {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly required: boolean;
  /** Whether a string can be a value of it. */
  readonly acceptsString: boolean;
  /** The strings it may be, where they are listed. */
  readonly values?: readonly string[] | undefined;
}

/** The arguments that an object schema describes, in its order. */
export function promptArguments(root: JsonSchema): readonly PromptArgument[] {
  const required = Array.isArray(root.required) ? (root.required as readonly unknown[]) : [];
  return Object.entries((root.properties ?? {}) as Readonly<Record<string, unknown>>).map(([name, schema]) => ({
    name,
    title: textOf(schema, 'title', root),
    description: textOf(schema, 'description', root),
    required: required.includes(name),
    acceptsString: acceptsString(schema, root),
    values: stringsOf(schema, root),
  }));
}

function textOf(schema: unknown, keyword: 'title' | 'description', root: JsonSchema): string | undefined {
  const text = isSchema(schema) ? (schema[keyword] ?? followed(schema, root)[keyword]) : undefined;
  return typeof text === 'string' ? text : undefined;
}

function acceptsString(schema: unknown, root: JsonSchema): boolean {
  if (!isSchema(schema)) return schema !== false;
  const { type, const: only, enum: values, anyOf, oneOf, allOf } = followed(schema, root);
  if (type !== undefined && !listed(type).includes('string')) return false;
  if (only !== undefined && typeof only !== 'string') return false;
  if (Array.isArray(values) && !values.some((value) => typeof value === 'string')) return false;
  const accepts = (branch: unknown): boolean => acceptsString(branch, root);
  return (
    [anyOf, oneOf].every((branches) => !Array.isArray(branches) || branches.some(accepts)) &&
    (!Array.isArray(allOf) || allOf.every(accepts))
  );
}

/** The strings of `enum` or `const`, or of a choice made of them alone. */
function stringsOf(schema: unknown, root: JsonSchema): readonly string[] | undefined {
  if (!isSchema(schema)) return undefined;
  const { const: only, enum: values, anyOf, oneOf } = followed(schema, root);
  const found: unknown = only === undefined ? values : [only];
  if (Array.isArray(found)) return found.filter((value) => typeof value === 'string');
  const branches = anyOf ?? oneOf;
  if (!Array.isArray(branches)) return undefined;
  const lists = branches.map((branch) => stringsOf(branch, root));
  return lists.every((list) => list !== undefined) ? lists.flat() : undefined;
}

/** What a local reference leads to; a shape's references were checked when it was compiled. */
function followed(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const target = /^#\/\$defs\/([^/]+)$/.exec(String(schema.$ref ?? ''))?.[1];
  const found = target && (root.$defs as Readonly<Record<string, unknown>> | undefined)?.[decodeURIComponent(target)];
  return isSchema(found) ? found : schema;
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null;
}
