import { argumentsOf, passes } from './check-rule.js';
import { type ClassShape, type FieldShape, type PlaceShape, placesOf, reachable } from './dto-shape.js';
import { type Rule, sentenceOf } from './rules.js';
import type { Issue } from './schema.js';

/** What a run of the remaining rules gathers. */
export interface Findings {
  readonly issues: Issue[];
  readonly pending: Promise<void>[];
}

type Check = (instance: object, path: string, found: Findings) => void;

// class-validator speaks of instances; a caller sends JSON.
const SENTENCES: Readonly<Record<string, string>> = {
  isDate: 'must be a date and time such as 2026-01-31T12:00:00Z',
};

/**
 * Builds the check of everything that the JSON Schema of a class cannot say, or undefined where it says
 * everything: then no code of class-validator runs in a call.
 */
export function remainingChecks(root: ClassShape): Check | undefined {
  const needed = classesWithChecks(root);
  if (needed.size === 0) return undefined;
  const checks = new Map<ClassShape, Check>();
  const checkOf = (shape: ClassShape): Check => {
    const known = checks.get(shape);
    if (known !== undefined) return known;
    const fields: Check[] = [];
    const check: Check = (instance, path, found) => {
      for (const field of fields) field(instance, path, found);
    };
    checks.set(shape, check);
    for (const field of shape.fields) {
      const run = fieldCheck(field, (nested) => (needed.has(nested) ? checkOf(nested) : undefined));
      if (run !== undefined) fields.push(run);
    }
    return check;
  };
  return checkOf(root);
}

function fieldCheck(field: FieldShape, checkOf: (shape: ClassShape) => Check | undefined): Check | undefined {
  const own = placeCheck(field.place, checkOf, field.conditions.length > 0);
  const each = field.list && placeCheck(field.list.element, checkOf);
  if (own === undefined && each === undefined) return undefined;
  return (instance, parent, found) => {
    const value: unknown = (instance as Record<string, unknown>)[field.name];
    if (field.optional && (value === undefined || value === null)) return;
    if (!field.conditions.every((condition) => condition(instance, value))) return;
    const path = parent === '' ? field.name : `${parent}.${field.name}`;
    own?.(instance, value, path, found);
    if (each === undefined || value === undefined) return;
    // An initial value that no rule forbids, such as null: the rules of elements then meet the value itself, as in class-validator.
    if (!Array.isArray(value) && !(value instanceof Set)) return each(instance, value, path, found);
    let index = 0;
    for (const element of value as Iterable<unknown>) each(instance, element, `${path}[${index++}]`, found, value);
  };
}

type PlaceCheck = (instance: object, value: unknown, path: string, found: Findings, list?: unknown) => void;

function placeCheck(
  { checks, kind }: PlaceShape,
  checkOf: (shape: ClassShape) => Check | undefined,
  conditional = false,
): PlaceCheck | undefined {
  const nested = kind.kind === 'class' ? checkOf(kind.shape) : undefined;
  if (checks.length === 0 && nested === undefined) return undefined;
  const runs = checks.map((rule) => ({ rule, conditional }));
  return (instance, value, path, found, list = value) => {
    for (const run of runs) runRule(run, { instance, value, held: list, path }, found);
    if (nested !== undefined && typeof value === 'object' && value !== null) nested(value, path, found);
  };
}

interface Run {
  readonly rule: Rule;
  readonly conditional: boolean;
}

/** What a rule is run on: a field's value, or one element of it. */
interface Subject {
  readonly instance: object;
  readonly value: unknown;
  /** What the field holds: the list where `value` is an element. */
  readonly held: unknown;
  readonly path: string;
}

function runRule({ rule, conditional }: Run, { instance, value, held, path }: Subject, found: Findings): void {
  const report = (passed: boolean): void => {
    if (passed) return;
    const standard = rule.message === undefined ? SENTENCES[rule.name] : undefined;
    found.issues.push({ path, message: standard ?? sentenceOf(rule, argumentsOf(rule, value, instance)) });
  };
  // Only under a condition does a rule for each element meet the whole list: elsewhere the element has its own place.
  const spread = rule.each && conditional && (Array.isArray(value) || value instanceof Set);
  for (const one of spread ? (value as Iterable<unknown>) : [value]) {
    const passed = passes(rule, one, instance, held);
    if (passed instanceof Promise) found.pending.push(told(passed.then(report)));
    else report(passed);
  }
}

// Where a later rule throws at once nobody waits for this one, and a rejection that nobody sees would end the process.
function told(pending: Promise<void>): Promise<void> {
  pending.catch(() => undefined);
  return pending;
}

/** The classes that have a rule left to check, or hold one that has. */
function classesWithChecks(root: ClassShape): ReadonlySet<ClassShape> {
  const all = reachable(root);
  const needed = new Set(all.filter((shape) => placesOf(shape).some(({ checks }) => checks.length > 0)));
  // Classes may hold each other in circles: repeat until nothing is added.
  for (let before = -1; before !== needed.size;) {
    before = needed.size;
    for (const shape of all)
      if (placesOf(shape).some(({ kind }) => kind.kind === 'class' && needed.has(kind.shape))) needed.add(shape);
  }
  return needed;
}
