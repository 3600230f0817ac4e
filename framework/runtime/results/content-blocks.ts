import { isAnnotations } from '../../catalog/option-rules.js';

type Test = (value: unknown) => boolean;
type Fields = Readonly<Record<string, unknown>>;
type Kind = 'text' | 'image' | 'audio' | 'resource_link' | 'resource' | 'tool_use';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const MIME_TYPE = /^[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9][\w!#$&^.+-]*(?:\s*;.*)?$/;

const isText: Test = (value) => typeof value === 'string';
// Both revisions: binary data is Base64, and its MIME type is one. A type and a subtype, perhaps with parameters (RFC 6838).
const isBase64: Test = (value) => isText(value) && BASE64.test(value as string) && (value as string).length % 4 === 0;
const isMimeType: Test = (value) => isText(value) && MIME_TYPE.test(value as string);
const isContents: Test = (value) =>
  isFields(value) && isText(value['uri']) && (isText(value['text']) || isBase64(value['blob']));

// What each kind of block must carry, equal in both revisions.
const MEMBERS: Readonly<Record<Kind, Readonly<Record<string, Test>>>> = {
  text: { text: isText },
  image: { data: isBase64, mimeType: isMimeType },
  audio: { data: isBase64, mimeType: isMimeType },
  resource_link: { uri: isText, name: isText },
  resource: { resource: isContents },
  tool_use: { id: isText, name: isText, input: isFields },
};

// What may stand beside it, and in a whole result.
const OPTIONAL: Readonly<Record<string, Test>> = { annotations: isAnnotations, _meta: isFields };
const OF_LINKS: Readonly<Record<string, Test>> = {
  ...OPTIONAL,
  ...{ title: isText, description: isText, mimeType: isText, size: Number.isFinite },
};
const OF_RESULTS: Readonly<Record<string, Test>> = {
  ...{ _meta: isFields, isError: (value) => typeof value === 'boolean', description: isText },
};

/** `ContentBlock`: what results and prompts are made of. */
const CONTENT: ReadonlySet<unknown> = new Set<Kind>(['text', 'image', 'audio', 'resource_link', 'resource']);

/** What a model may say (`client/sampling`). */
export const SPEECH: ReadonlySet<unknown> = new Set<Kind>(['text', 'image', 'audio', 'tool_use']);

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value calls itself a content block. */
export function isBlock(value: unknown): boolean {
  return isFields(value) && CONTENT.has(value['type']);
}

/** The rule that a block breaks, if any; `place` is how to call it. */
export function brokenBlock(block: unknown, place: string, kinds: ReadonlySet<unknown> = CONTENT): string | undefined {
  if (!isFields(block)) return `${place} must be an object`;
  if (!kinds.has(block['type'])) return `${place}.type must be one of ${[...kinds].join(', ')}`;
  const members = MEMBERS[block['type'] as Kind];
  const broken = Object.keys(members).find((name) => members[name]?.(block[name]) !== true);
  if (broken !== undefined) return `${place}.${broken} is missing or of the wrong type`;
  // What a model says has passed a client, or a provider of our own.
  return kinds === CONTENT
    ? brokenOptional(block, block['type'] === 'resource_link' ? OF_LINKS : OPTIONAL, `${place}.`)
    : undefined;
}

/** The rule that a whole result breaks, if any, beside those of what is in it. */
export function brokenResult(result: Fields): string | undefined {
  return brokenOptional(result, OF_RESULTS, '');
}

function brokenOptional(fields: Fields, members: Readonly<Record<string, Test>>, place: string): string | undefined {
  const broken = Object.keys(members).find((name) => fields[name] !== undefined && !members[name]?.(fields[name]));
  return broken === undefined ? undefined : `${place}${broken} is of the wrong type`;
}

/** The rule that an item of a resource's `contents` breaks, if any. */
export function brokenContents(contents: unknown, place: string): string | undefined {
  return isContents(contents) ? undefined : `${place} needs a uri, and a text or a blob in Base64`;
}
