import { BootError, type PerduraError } from '../errors.js';
import type { Class } from '../metadata/class.js';
import { declarationsOf } from '../metadata/declarations.js';
import { agentEntries } from './agent-entries.js';
import type { Catalog } from './catalog.js';
import { checkClasses } from './check-classes.js';
import { checkResources } from './check-resources.js';
import { classEntries, type ClassEntries } from './class-entries.js';
import { uniqueBy } from './names.js';
import { nameOf, Mistakes } from './mistakes.js';
import { Shapes } from './shapes.js';

/**
 * Puts together all that the classes offer, in their order.
 *
 * @throws BootError with every mistake of every class
 */
export function buildCatalog(use: readonly Class[]): Catalog {
  const { catalog, mistakes } = draftCatalog(use);
  if (mistakes.length > 0) throw new BootError(mistakes);
  return catalog;
}

/** A catalog and what is wrong with it. */
export interface Draft {
  readonly catalog: Catalog;
  readonly mistakes: readonly PerduraError[];
  /** What each class offers, as it was read. */
  readonly known: ReadonlyMap<Class, ClassEntries>;
}

/** Drafts a catalog; what was read of classes before, without mistakes, is not read again. */
export type DraftCatalog = (use: readonly Class[], known?: ReadonlyMap<Class, ClassEntries>) => Draft;

/** The catalog and what is wrong with it, for a caller that has mistakes of its own to tell with these. */
export const draftCatalog: DraftCatalog = (use, before) => {
  const mistakes = new Mistakes();
  const shapes = new Shapes(mistakes);
  const known = new Map(before);
  const entriesOf = (target: Class): ClassEntries => {
    const entries = known.get(target) ?? classEntries(target, shapes, mistakes);
    known.set(target, entries);
    return entries;
  };

  const classes = checkClasses(use, 'createApp({ use })', mistakes);
  for (const target of classes) checkDeclared(target, mistakes);
  const offered = classes.map(entriesOf);
  const templates = offered.flatMap((entries) => entries.templates);
  const catalog: Catalog = {
    tools: uniqueBy(
      offered.flatMap((entries) => entries.tools),
      ({ name }) => name,
      (name, first, second) => mistakes.add('DUPLICATE_NAME', 'tool', name, first, second),
    ),
    prompts: uniqueBy(
      offered.flatMap((entries) => entries.prompts),
      ({ name }) => name,
      (name, first, second) => mistakes.add('DUPLICATE_NAME', 'prompt', name, first, second),
    ),
    resources: checkResources(
      offered.flatMap((entries) => entries.resources),
      templates,
      mistakes,
    ),
    templates: Object.freeze(templates.map(({ entry }) => entry)),
    // Tools of classes that only an agent names are in its entry and nowhere else: no client can call them.
    agents: agentEntries(
      offered.flatMap((entries) => entries.agents),
      entriesOf,
      shapes,
      mistakes,
    ),
  };
  return { catalog: Object.freeze(catalog), mistakes: mistakes.found, known };
};

function checkDeclared(target: Class, mistakes: Mistakes): void {
  if (declarationsOf(target).length > 0) return;
  mistakes.add('NO_DECLARATIONS', nameOf(target), declaringAncestor(target) ?? '');
}

function declaringAncestor(target: Class): string | undefined {
  const parent = Object.getPrototypeOf(target) as Class | null;
  if (typeof parent !== 'function' || parent === Function.prototype) return undefined;
  return declarationsOf(parent).length > 0 ? nameOf(parent) : declaringAncestor(parent);
}
