import { draftCatalog, type DraftCatalog } from '../../catalog/build-catalog.js';
import type { Catalog } from '../../catalog/catalog.js';
import { PerduraError } from '../../errors.js';
import type { Class } from '../../metadata/class.js';
import { checkDependencies } from '../../runtime/container/check-dependencies.js';
import type { Provider } from '../../runtime/container/provider.js';
import type { Offered } from '../plugin.js';

/** Drafts an app's catalog with all that is wrong with it, what its classes and pages need of the container included. */
export function draftFor(providers: readonly Provider[], pages: readonly Class[] = []): DraftCatalog {
  return (use, before) => {
    const draft = draftCatalog(use, before);
    // Workers take on what there is at their start, and other processes do not hear of what is added in one.
    const late = before
      ? [...draft.catalog.tools.values()].filter(({ task, target }) => task && !before.has(target))
      : [];
    const mistakes = [
      ...draft.mistakes,
      ...late.map(({ name }) => PerduraError.of('TASK_ADDED_LATE', name)),
      ...checkDependencies(handlersOf(draft.catalog), providers, pages),
    ];
    return { ...draft, mistakes };
  };
}

/** The classes whose methods serve calls. */
export function handlersOf(catalog: Catalog): readonly Class[] {
  const entries = [
    ...catalog.tools.values(),
    ...catalog.resources.values(),
    ...catalog.templates,
    ...catalog.prompts.values(),
    ...[...catalog.agents.values()].flatMap((agent) => [...agent.tools.values()]),
  ];
  const served = entries.filter((entry) => entry.kind !== 'tool' || entry.run === undefined);
  return [...new Set(served.map(({ target }) => target))];
}

/** A catalog as lists show it. */
export function offeredBy({ tools, resources, templates, prompts }: Catalog): Offered {
  return {
    tools: Array.from(tools.values(), ({ definition }) => definition),
    resources: Array.from(resources.values(), ({ definition }) => definition),
    resourceTemplates: templates.map(({ definition }) => definition),
    prompts: Array.from(prompts.values(), ({ definition }) => definition),
  };
}
