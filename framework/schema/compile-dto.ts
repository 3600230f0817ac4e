import type { PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { withinBudget } from './budget.js';
import { checkerOf, MOST_ISSUES } from './checker.js';
import { checked, jsonOf, tooLarge } from './compile-standard.js';
import { dehydratorOf } from './dehydrate.js';
import { type ClassShape, placesOf, type Reading, reachable } from './dto-shape.js';
import { emit } from './emit.js';
import { hydratorOf } from './hydrate.js';
import { readClass } from './read-class.js';
import { type Findings, remainingChecks } from './remaining-checks.js';
import type { Schema, SchemaRole, Validation } from './schema.js';

/** Compiles a DTO class and adds every mistake of its graph to `mistakes`: with one, the schema is good for finding more alone. */
export function compileDto(
  target: Class,
  { role, name }: { readonly role: SchemaRole; readonly name: string },
  mistakes: PerduraError[],
): Schema<object> {
  const reading: Reading = { role, shapes: new Map(), mistakes };
  const shape = readClass(target, reading);
  const emitted = emit(shape);
  // Clients hold a result against its formats, so what is sent must keep them.
  const checker = checkerOf({ name, emitted: true, formats: role === 'output', ...emitted });
  const hydrate = hydratorOf(shape);
  const remaining = remainingChecks(shape);
  const dehydrate = dehydratorOf(shape);
  // A flat object of scalars cannot be deep, and the schema refuses whatever it does not declare.
  const unbounded = canGrow(shape);

  const accept = (value: unknown): Validation<object> | Promise<Validation<object>> => {
    const instance = hydrate(value) as object;
    if (remaining === undefined) return { ok: true, value: instance };
    const found: Findings = { issues: [], pending: [] };
    remaining(instance, '', found);
    if (found.pending.length === 0) return verdict(instance, found);
    return Promise.all(found.pending).then(() => verdict(instance, found));
  };
  return {
    source: target,
    json: emitted.json,
    validate: (value) => (unbounded && !withinBudget(value) ? tooLarge() : checked(checker, value, accept)),
    serialise: (value) => {
      const plain = jsonOf(() => dehydrate(value));
      return plain.ok ? checked(checker, plain.value, () => plain) : plain;
    },
    prepare: () => checker.prepare(),
  };
}

function verdict(instance: object, { issues }: Findings): Validation<object> {
  return issues.length === 0 ? { ok: true, value: instance } : { ok: false, issues: issues.slice(0, MOST_ISSUES) };
}

function canGrow(root: ClassShape): boolean {
  const shapes = reachable(root);
  if (shapes.length > 1) return true;
  // A list is a free place of its own, so lists of scalars are counted here too.
  return shapes
    .flatMap(placesOf)
    .some(({ kind }) => kind.kind === 'free' || (kind.kind === 'class' && kind.shape === root));
}
