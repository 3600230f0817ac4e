import type { Catalog } from '../../catalog/catalog.js';
import { offerOf } from './capabilities.js';
import type { ExtensionRow } from '../extensions/extension-row.js';
import type { Incoming, Method } from '../messages/incoming.js';
import type { ListKind } from '../../catalog/catalog-state.js';
import { type Listed, livePages, pagedList } from './lists.js';
import type { ProtocolHost } from '../protocol.js';
import { toolLists, type ToolView, viewed } from './tool-lists.js';

/** What a revision does of the features that are the same on both. */
export interface FeatureWire<I extends Incoming> {
  /** The tools as it lists them. */
  readonly tools: (catalog: Catalog) => Iterable<Listed>;
  /** Members that every page of a list has, as JSON; `view` is there where clients see different lists. */
  readonly members?: (view: ToolView | undefined) => string;
  readonly callTool: Method<I>;
  readonly readResource: Method<I>;
  /** Other methods of resources. */
  readonly ofResources?: readonly (readonly [string, Method<I>])[];
  readonly getPrompt: Method<I>;
  readonly complete: Method<I>;
}

/**
 * Adds the methods of the features that the catalog has something of. Those of the others are missing; where a feature comes later,
 * its methods come with it, and stay.
 */
export function addFeatures<I extends Incoming>(
  table: Map<string, Method<I>>,
  host: ProtocolHost,
  extensions: readonly ExtensionRow<I>[],
  wire: FeatureWire<I>,
): void {
  const { catalog, pageSize, cursors } = host;
  const list = (
    kind: ListKind,
    method: string,
    field: string,
    entries: (of: Catalog) => Iterable<Listed>,
    view?: ToolView,
  ): Method<I> => {
    const order = (): readonly string[] => Array.from(entries(host.whole), ({ name }) => name);
    const members = wire.members?.(view) ?? '';
    const shape = { method, field, pageSize, cursors, members, order };
    return livePages(() => pagedList(shape, viewed([...entries(catalog)], view)), kind, host.onChange);
  };

  const features = {
    tools: () => {
      const tools = (view?: ToolView): Method<I> => list('tools', 'tools/list', 'tools', wire.tools, view);
      table.set('tools/list', toolLists(extensions, tools));
      table.set('tools/call', wire.callTool);
    },
    resources: () => {
      const resources = list('resources', 'resources/list', 'resources', (of) => of.resources.values());
      const templates = list('resources', 'resources/templates/list', 'resourceTemplates', (of) => of.templates);
      table.set('resources/list', resources);
      table.set('resources/templates/list', templates);
      table.set('resources/read', wire.readResource);
      for (const [name, method] of wire.ofResources ?? []) table.set(name, method);
    },
    prompts: () => {
      const prompts = list('prompts', 'prompts/list', 'prompts', (of) => of.prompts.values());
      table.set('prompts/list', prompts);
      table.set('prompts/get', wire.getPrompt);
    },
    completions: () => void table.set('completion/complete', wire.complete),
  };
  const missing = new Set(Object.keys(features) as (keyof typeof features)[]);
  const grow = (): void => {
    const offer = offerOf(host.whole);
    for (const feature of missing) {
      if (!offer[feature]) continue;
      missing.delete(feature);
      features[feature]();
    }
  };
  grow();
  host.onChange(({ kind }) => kind === 'resource' || grow());
}
