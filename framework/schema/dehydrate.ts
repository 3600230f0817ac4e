import type { ClassShape, FieldShape, PlaceShape } from './dto-shape.js';
import { typesOf } from './merge-keywords.js';
import { MOST_LEVELS, NotJson, toJson } from './plain.js';

type Write = (value: unknown, depth: number) => unknown;

/**
 * Builds the function that turns what a handler returned into the JSON value that its DTO declares.
 * @throws NotJson from the built function, for what JSON cannot hold
 */
export function dehydratorOf(root: ClassShape): (value: unknown) => unknown {
  const write = classWriter(root, new Map());
  return (value) => write(value, 0);
}

function classWriter(shape: ClassShape, known: Map<ClassShape, Write>): Write {
  const made = known.get(shape);
  if (made !== undefined) return made;
  const fields: { readonly name: string; readonly dropsNull: boolean; readonly write: Write }[] = [];
  const write: Write = (value, depth) => {
    // What is no object is left as it is: the schema says it better than a conversion could.
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return toJson(value, depth);
    if (depth > MOST_LEVELS) throw new NotJson();
    const json: Record<string, unknown> = {};
    for (const { name, dropsNull, write } of fields) {
      const member: unknown = (value as Record<string, unknown>)[name];
      if (member === undefined || (member === null && dropsNull)) continue;
      json[name] = write(member, depth + 1);
    }
    return json;
  };
  known.set(shape, write); // before its fields: a class may hold itself
  for (const field of shape.fields) {
    const { name, optional, place } = field;
    fields.push({ name, dropsNull: optional && refusesNull(place), write: fieldWriter(field, known) });
  }
  return write;
}

/** Whether `null` could only stand for an absent value, which is what class-validator takes it for in an optional field. */
function refusesNull({ kind, json }: PlaceShape): boolean {
  return kind.kind === 'class' || typesOf(json)?.includes('null') === false;
}

function fieldWriter({ place, list }: FieldShape, known: Map<ClassShape, Write>): Write {
  if (list === undefined) return placeWriter(place, known);
  const element = placeWriter(list.element, known);
  return (value, depth) => {
    if (!Array.isArray(value) && !(value instanceof Set)) return toJson(value, depth);
    return [...(value as Iterable<unknown>)].map((one) => element(one, depth + 1));
  };
}

function placeWriter({ kind }: PlaceShape, known: Map<ClassShape, Write>): Write {
  return kind.kind === 'class' ? classWriter(kind.shape, known) : toJson;
}
