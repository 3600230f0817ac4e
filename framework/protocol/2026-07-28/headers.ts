import { Buffer } from 'node:buffer';
import { ProtocolError } from '../../errors.js';
import type { Exchange } from '../messages/exchange.js';
import type { ExtensionRow } from '../extensions/extension-row.js';
import { CODE, type JsonRpcRequest } from '../messages/json-rpc.js';

export type Headers = NonNullable<Exchange['headers']>;

/** Which member of `params` the header `Mcp-Name` mirrors (`basic/transports/streamable-http`), by method. */
export function namesInHeaders(extensions: readonly ExtensionRow[]): ReadonlyMap<string, string> {
  return new Map([
    ['tools/call', 'name'],
    ['prompts/get', 'name'],
    ['resources/read', 'uri'],
    ...extensions.flatMap(({ namedBy }) => [...namedBy]),
  ]);
}

export function checkVersionHeader(headers: Headers, version: string): void {
  if (required(headers, 'MCP-Protocol-Version') !== version) throw mismatch('MCP-Protocol-Version');
}

export function checkMethodHeaders(
  headers: Headers,
  { method, params = {} }: Pick<JsonRpcRequest, 'method' | 'params'>,
  member: string | undefined,
): void {
  if (required(headers, 'Mcp-Method') !== method) throw mismatch('Mcp-Method');
  // A name that is no string is for the method to refuse: there is nothing that a header could mirror.
  if (member === undefined || typeof params[member] !== 'string') return;
  if (decoded('Mcp-Name', required(headers, 'Mcp-Name')) !== params[member]) throw mismatch('Mcp-Name');
}

/** The header's value without surrounding blanks; undefined where it is absent. Two of it can mirror nothing. */
export function single(headers: Headers, name: string): string | undefined {
  const value = headers[name.toLowerCase()];
  if (value === undefined || typeof value === 'string') return value?.trim();
  if (value.length > 1) throw mismatch(name);
  return value[0]?.trim();
}

function required(headers: Headers, name: string): string {
  const value = single(headers, name);
  if (value === undefined) throw mismatch(name, 'is missing');
  return value;
}

const SENTINEL = /^=\?base64\?(.*)\?=$/s;

/** The value behind a header: plain visible ASCII, or Base64 of UTF-8 between `=?base64?` and `?=`. */
export function decoded(name: string, value: string): string {
  const base64 = SENTINEL.exec(value)?.[1];
  if (base64 === undefined) {
    if (/[^\t\x20-\x7e]/.test(value)) throw mismatch(name, 'has characters that need Base64');
    return value;
  }
  const bytes = Buffer.from(base64, 'base64');
  // Node reads Base64 leniently; only what encodes back to itself was well-formed.
  if (bytes.toString('base64') !== base64) throw mismatch(name, 'is not valid Base64');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw mismatch(name, 'is not valid UTF-8');
  }
}

/** Neither value is repeated: they may be anything, and the client has both. */
export const mismatch = (name: string, what = 'does not match the body'): ProtocolError =>
  new ProtocolError(CODE.headerMismatch, `Header mismatch: ${name} ${what}.`);
