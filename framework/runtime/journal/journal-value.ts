import { PerduraError } from '../../errors.js';
import type { Json } from '../../spec.js';

const DEEPEST = 64;

/**
 * The copy of a value that the journal keeps. What an effect returns is always such a copy, so that its first run and
 * every replay see the same. Instances of classes become plain objects.
 * @throws PerduraError `NOT_JSON` naming the step and the place of what JSON would lose or refuse
 */
export function journalValue(value: unknown, step: string): Json | undefined {
  return value === undefined ? undefined : copy(value, { step, path: '', depth: 0 });
}

interface Place {
  readonly step: string;
  readonly path: string;
  readonly depth: number;
}

function copy(value: unknown, place: Place): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value !== 'object') throw refusal(value, place);
  // Cycles end here too.
  if (place.depth === DEEPEST)
    throw PerduraError.of('NOT_JSON', place.step, place.path, `more than ${DEEPEST} levels (or a cycle)`);
  if (Array.isArray(value)) return value.map((item, index) => copy(item ?? null, inside(place, `[${index}]`)));
  if (isExotic(value)) throw refusal(value, place);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, copy(item, inside(place, `.${key}`))]));
}

function inside({ step, path, depth }: Place, part: string): Place {
  return { step, path: path === '' ? part.replace(/^\./, '') : path + part, depth: depth + 1 };
}

// Their content is not in their own properties, so a plain copy would silently lose it.
function isExotic(value: object): boolean {
  return (
    value instanceof Map ||
    value instanceof Set ||
    value instanceof Error ||
    value instanceof Promise ||
    ArrayBuffer.isView(value) ||
    value instanceof ArrayBuffer ||
    value instanceof RegExp ||
    ('toJSON' in value && typeof value.toJSON === 'function')
  );
}

function refusal(value: unknown, { step, path }: Place): PerduraError {
  const what = typeof value === 'object' ? `a ${value?.constructor.name ?? 'null'}` : `a ${typeof value}`;
  return PerduraError.of('NOT_JSON', step, path, typeof value === 'number' ? String(value) : what);
}
