import type { ResourceEntry, ResourceTemplateEntry } from '../../catalog/catalog.js';
import { PerduraError, ProtocolError } from '../../errors.js';
import type { ReadResourceResult } from '../../spec.js';
import { brokenContents, brokenResult, isFields } from './content-blocks.js';
import { checkSize, jsonText } from './result-size.js';
import { sanitiseJson, sanitiseText } from './sanitise.js';
import { passed } from './tool-result.js';

// 2025-11-25 `server/resources`; the later revision's code for it is put in its place on the wire.
const RESOURCE_NOT_FOUND = -32002;

/**
 * What a resource's handler returned as the result that is sent: text, bytes as a base64 blob, `{ contents }` checked,
 * anything else as JSON.
 * @throws ProtocolError "Resource not found" for `undefined` and `null`; PerduraError as for tools
 */
export function resourceResult(
  { name, definition }: ResourceEntry | ResourceTemplateEntry,
  uri: string,
  value: unknown,
  limit: number,
): ReadResourceResult {
  const { mimeType } = definition;
  const about = { uri, ...(mimeType !== undefined && { mimeType }) };
  if (value === undefined || value === null) throw new ProtocolError(RESOURCE_NOT_FOUND, 'Resource not found', { uri });
  if (typeof value === 'string') {
    checkSize(name, value, limit);
    return { contents: [{ ...about, text: sanitiseText(value) }] };
  }
  if (value instanceof Uint8Array) {
    const blob = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
    checkSize(name, blob, limit);
    return { contents: [{ ...about, blob }] };
  }
  if (isFields(value) && Array.isArray(value['contents'])) {
    const broken = value['contents']
      .map((item, index) => brokenContents(item, `contents[${index}]`))
      .concat(brokenResult(value))
      .find(Boolean);
    if (broken !== undefined) throw PerduraError.of('RESULT_INVALID', name, broken);
    return passed(name, value as ReadResourceResult, limit);
  }
  const text = sanitiseJson(jsonText(name, value, limit));
  return { contents: [{ mimeType: 'application/json', ...about, text }] };
}
