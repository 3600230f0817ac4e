import type { ClassShape, FieldShape, PlaceShape } from './dto-shape.js';
import { cleanCopy } from './plain.js';

type Copy = (json: unknown) => unknown;

/** RFC 3339, section 5.6: what the emitted `date-time` format promises. */
const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Builds the function that makes an instance of a class from a JSON value that its schema has accepted.
 * It calls `new` (so that initialisers give the defaults) and copies the declared fields, nothing else:
 * no key of the value decides what is written.
 */
export function hydratorOf(root: ClassShape): Copy {
  return classCopier(root, new Map());
}

function classCopier(shape: ClassShape, known: Map<ClassShape, Copy>): Copy {
  const made = known.get(shape);
  if (made !== undefined) return made;
  const fields: { readonly name: string; readonly copy: Copy | undefined }[] = [];
  const { target: Dto } = shape;
  const copy: Copy = (json) => {
    const instance = new Dto() as Record<string, unknown>;
    for (const { name, copy } of fields) {
      const value = (json as Record<string, unknown>)[name];
      if (value !== undefined) instance[name] = copy === undefined ? value : copy(value);
    }
    return instance;
  };
  known.set(shape, copy); // before its fields: a class may hold itself
  for (const field of shape.fields) fields.push({ name: field.name, copy: fieldCopier(field, known) });
  return copy;
}

/** How a field's value is copied, or undefined where it can be taken as it is. */
function fieldCopier({ place, list }: FieldShape, known: Map<ClassShape, Copy>): Copy | undefined {
  if (list === undefined) return placeCopier(place, known);
  const element = placeCopier(list.element, known);
  const array: Copy = (json) =>
    element === undefined ? [...(json as unknown[])] : (json as unknown[]).map((one) => element(one));
  return list.as === 'set' ? (json) => new Set(array(json) as unknown[]) : array;
}

/** A text that is a date-time as a `Date`. Anything else stays what it is: where a rule asks for a date, it says so. */
function dateOf(json: unknown): unknown {
  // Lists come here under a condition alone: elsewhere their elements have a place of their own.
  if (Array.isArray(json)) return json.map(dateOf);
  return typeof json === 'string' && DATE_TIME.test(json) ? new Date(json) : cleanCopy(json);
}

function placeCopier({ kind }: PlaceShape, known: Map<ClassShape, Copy>): Copy | undefined {
  switch (kind.kind) {
    case 'scalar':
      return undefined;
    case 'date':
      return dateOf;
    case 'free':
      return cleanCopy;
    case 'class':
      return classCopier(kind.shape, known);
  }
}
