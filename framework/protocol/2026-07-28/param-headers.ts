import type { ToolEntry } from '../../catalog/catalog.js';
import { decoded, type Headers, mismatch, single } from './headers.js';
import { isObject } from '../messages/parse-message.js';

/** A parameter that clients mirror into a header (SEP-2243): where it is in the arguments, and the header's name. */
interface MirroredParam {
  readonly header: string;
  readonly path: readonly string[];
}

/** The parameters that each tool mirrors, found once: only chains of `properties` reach them. */
export function mirroredParams(tools: Iterable<ToolEntry>): ReadonlyMap<ToolEntry, readonly MirroredParam[]> {
  const found = new Map<ToolEntry, readonly MirroredParam[]>();
  for (const tool of tools) {
    const params = [...mirrored(tool.definition.inputSchema, [])];
    if (params.length > 0) found.set(tool, params);
  }
  return found;
}

function* mirrored(schema: unknown, path: readonly string[]): Generator<MirroredParam> {
  if (!isObject(schema)) return;
  if (typeof schema['x-mcp-header'] === 'string') yield { header: `Mcp-Param-${schema['x-mcp-header']}`, path };
  if (!isObject(schema['properties'])) return;
  for (const [name, property] of Object.entries(schema['properties'])) yield* mirrored(property, [...path, name]);
}

/** Refuses a call whose `Mcp-Param-*` headers say something else than its arguments. */
export function checkParamHeaders(headers: Headers, params: readonly MirroredParam[], args: unknown): void {
  for (const { header, path } of params) {
    const value = path.reduce<unknown>(
      (at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
      args,
    );
    const mirror = single(headers, header);
    if (value === undefined || value === null) {
      if (mirror !== undefined) throw mismatch(header, 'mirrors nothing in the body');
      continue;
    }
    // No header can mirror an object; the argument check says so in words that a model can use.
    if (typeof value === 'object') continue;
    if (mirror === undefined) throw mismatch(header, 'is missing');
    if (!mirrors(decoded(header, mirror), value)) throw mismatch(header);
  }
}

const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function mirrors(text: string, value: unknown): boolean {
  if (typeof value === 'number') return NUMBER.test(text) && Number(text) === value;
  return text === String(value);
}
