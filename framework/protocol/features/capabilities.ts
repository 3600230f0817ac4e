import type { Catalog } from '../../catalog/catalog.js';
import type { ServerCapabilities } from '../../spec.js';
import { hasCompleters } from './completion.js';
import { declaredExtensions, type ExtensionRow } from '../extensions/extension-row.js';

/** What a catalog has to offer: a method of a feature without entries does not exist, and its capability is not declared. */
export interface Offer {
  readonly tools: boolean;
  readonly resources: boolean;
  readonly prompts: boolean;
  readonly completions: boolean;
  readonly tasks: boolean;
}

export function offerOf(catalog: Catalog): Offer {
  return {
    tools: catalog.tools.size > 0,
    resources: catalog.resources.size > 0 || catalog.templates.length > 0,
    prompts: catalog.prompts.size > 0,
    completions: hasCompleters(catalog),
    tasks: [...catalog.tools.values()].some(({ task }) => task !== undefined),
  };
}

const common = (offer: Offer): ServerCapabilities => ({
  ...(offer.tools && { tools: { listChanged: true } }),
  ...(offer.resources && { resources: { subscribe: true, listChanged: true } }),
  ...(offer.prompts && { prompts: { listChanged: true } }),
  ...(offer.completions && { completions: {} }),
  logging: {},
});

/**
 * 2025-11-25. `tasks/list` is for callers that can be told apart: listing an unknown caller's tasks would show everybody's
 * (`basic/utilities/tasks`, security).
 */
export function capabilities2025(
  offer: Offer,
  canListTasks: boolean,
  extensions: readonly Pick<ExtensionRow, 'id' | 'settings'>[],
): ServerCapabilities {
  const tasks = { ...(canListTasks && { list: {} }), cancel: {}, requests: { tools: { call: {} } } };
  // The revision has no such field, and its clients read it all the same: MCP Apps are negotiated by it.
  return { ...common(offer), ...(offer.tasks && { tasks }), ...declaredExtensions(extensions) } as ServerCapabilities;
}

export function capabilities2026(offer: Offer, extensions: readonly ExtensionRow[]): ServerCapabilities {
  return { ...common(offer), ...declaredExtensions(extensions) } as ServerCapabilities;
}
