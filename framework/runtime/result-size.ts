import { PerduraError } from '../errors.js';

/** @throws PerduraError `RESULT_TOO_LARGE` where the text has more bytes than a result may have */
export function checkSize(name: string, text: string, limit: number): void {
  // At most three bytes for each unit of UTF-16: small results are not counted out.
  if (text.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > limit) throw PerduraError.of('RESULT_TOO_LARGE', name, bytes, limit);
}

/**
 * The JSON text of what a handler returned.
 * @throws PerduraError `RESULT_INVALID` for cycles, BigInt, functions and bytes, `RESULT_TOO_LARGE`
 */
export function jsonText(name: string, value: unknown, limit: number): string {
  // JSON would spell them out byte by byte.
  if (ArrayBuffer.isView(value))
    throw PerduraError.of('RESULT_INVALID', name, 'bytes need an image, audio or resource block');
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // The engine's message may quote keys of the value.
    throw PerduraError.of('RESULT_INVALID', name, 'it has a cycle, a BigInt or a toJSON() that throws');
  }
  if (text === undefined) throw PerduraError.of('RESULT_INVALID', name, `a ${typeof value} is no JSON value`);
  checkSize(name, text, limit);
  return text;
}
