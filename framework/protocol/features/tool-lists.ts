import type { Tool } from '../../spec.js';
import { declaredBy, type ExtensionRow } from '../extensions/extension-row.js';
import type { Incoming, Method } from '../messages/incoming.js';
import type { Listed } from './lists.js';

/** A tool as some clients see it; undefined where they do not see it. */
export type ToolView = (tool: Tool) => Tool | undefined;

/**
 * `tools/list` where extensions have a fallback: a list for each set of them that a client can use, made when the first such
 * client asks. Without any, it is one list that no request chooses.
 */
export function toolLists<I extends Incoming>(
  rows: readonly ExtensionRow<I>[],
  make: (view: ToolView | undefined) => Method<I>,
): Method<I> {
  const fallbacks = rows.flatMap(({ id, fallback }) => (fallback ? [{ id, ...fallback }] : []));
  if (fallbacks.length === 0) return make(undefined);
  const lists = new Map<string, Method<I>>();
  return (incoming) => {
    const missing = fallbacks.filter(({ id, isUsable = () => true }) => {
      const declared = declaredBy(incoming.client, id);
      return !declared || !isUsable(declared);
    });
    const key = missing.map(({ id }) => id).join(' ');
    let list = lists.get(key);
    if (!list) {
      const view: ToolView = (tool) =>
        missing.reduce<Tool | undefined>((seen, { tool: shown }) => seen && shown(seen), tool);
      lists.set(key, (list = make(view)));
    }
    return list(incoming);
  };
}

/** The tools as a view has them. */
export function viewed(tools: readonly Listed[], view: ToolView | undefined): readonly Listed[] {
  if (!view) return tools;
  return tools.flatMap(({ name, definition: tool }) => {
    const definition = view(tool as Tool);
    return definition ? { name, definition } : [];
  });
}
