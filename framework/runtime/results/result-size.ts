import { types } from 'node:util';
import { PerduraError } from '../../errors.js';

/** @throws PerduraError `RESULT_TOO_LARGE` where the text has more bytes than a result may have */
export function checkSize(name: string, text: string, limit: number): void {
  // At most three bytes for each unit of UTF-16: small results are not counted out.
  if (text.length * 3 <= limit) return;
  const bytes = Buffer.byteLength(text);
  if (bytes > limit) throw PerduraError.of('RESULT_TOO_LARGE', name, bytes, limit);
}

/**
 * The JSON text of what a handler returned; sets become lists.
 * @throws PerduraError `RESULT_INVALID` for what JSON has no text for or would lose: cycles, BigInt, functions, bytes, maps, errors,
 * promises; `RESULT_TOO_LARGE`
 */
export function jsonText(name: string, value: unknown, limit: number): string {
  // JSON would spell them out byte by byte.
  if (ArrayBuffer.isView(value))
    throw PerduraError.of('RESULT_INVALID', name, 'bytes need an image, audio or resource block');
  let text = stringified(name, value);
  // What JSON knows nothing of comes out empty: only then is it looked for.
  if (text?.includes('{}') === true || isError(value)) text = stringified(name, value, whole);
  if (text === undefined) throw PerduraError.of('RESULT_INVALID', name, `a ${typeof value} is no JSON value`);
  checkSize(name, text, limit);
  return text;
}

type Replacer = (key: string, value: unknown) => unknown;

function stringified(name: string, value: unknown, replacer?: Replacer): string | undefined {
  try {
    return JSON.stringify(value, replacer) as string | undefined;
  } catch (error) {
    // The engine's message may quote keys of the value.
    const rule = error instanceof Lost ? error.message : 'it has a cycle, a BigInt or a toJSON() that throws';
    throw PerduraError.of('RESULT_INVALID', name, rule);
  }
}

class Lost extends Error {}

function whole(_key: string, value: unknown): unknown {
  if (value instanceof Set) return [...value];
  if (value instanceof Map) throw new Lost('JSON has no Map: turn it into an object, Object.fromEntries(map)');
  if (isError(value)) throw new Lost('an error is thrown, not returned');
  if (types.isPromise(value)) throw new Lost('it has a promise that nobody awaited');
  return value;
}

const isError = (value: unknown): boolean => types.isNativeError(value) || value instanceof Error;
