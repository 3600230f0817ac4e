import type { FieldShape } from './dto-shape.js';
import { typesOf } from './merge-keywords.js';
import type { SchemaRole } from './schema.js';

/** The JSON types of values that a handler gets as they are. */
const SCALARS = new Map<unknown, readonly string[]>([
  [String, ['string']],
  [Number, ['number', 'integer']],
  [Boolean, ['boolean']],
]);
/** What no JSON value is or becomes. */
const FOREIGN = new Set<unknown>([BigInt, Symbol, RegExp, Function, Promise]);

/**
 * How the type that the compiler recorded for a field contradicts its rules: the declared type, and what a handler would get in
 * its place. Undefined where they agree, or where nothing tells.
 */
export function wrongType(
  design: unknown,
  { place: { kind, json }, list }: Pick<FieldShape, 'place' | 'list'>,
  role: SchemaRole,
): readonly [declared: string, given: string] | undefined {
  if (typeof design !== 'function') return undefined;
  const types = typesOf(json);
  const given = kind.kind === 'date' ? 'a Date' : (types?.join(' or ') ?? 'what JSON has');
  if (FOREIGN.has(design)) return [design.name, given];
  if (list !== undefined) return SCALARS.has(design) || design === Date ? [design.name, 'a list'] : undefined;
  // What a handler returns is turned into JSON, and a date into a text.
  if (role === 'output' && (design === Date || kind.kind === 'date')) return undefined;
  // Under a condition a list of dates is no place of its own.
  if (kind.kind === 'date') return [Date, Object, Array].includes(design as never) ? undefined : [design.name, given];
  if (design === Date) return ['Date', given];
  const expected = SCALARS.get(design);
  const isFit = expected === undefined || types === undefined || types.some((type) => expected.includes(type));
  return isFit ? undefined : [design.name, given];
}
