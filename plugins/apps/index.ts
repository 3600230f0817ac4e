/** `perdura/plugins/apps`: tools with a user interface (MCP Apps, SEP-1865). */
import { readFile } from 'node:fs/promises';
import { type Class, type Plugin, Resource, type ToolDefinition } from 'perdura';
import { wrongWith } from './check-view.js';
import { type View, VIEW_TYPE, viewMeta } from './view.js';

export { type Caller, shownIn, type View, type ViewCsp, type ViewPermissions } from './view.js';

/** What {@link apps} serves. */
export interface AppsOptions {
  /** Every view that a tool of the app is shown in. */
  readonly views: readonly View[];
}

const ID = 'io.modelcontextprotocol/ui';

/** What `_meta.ui` of a tool says. */
interface ToolUi {
  readonly resourceUri?: string;
  readonly visibility?: readonly string[];
}

/**
 * Serves views by the extension `io.modelcontextprotocol/ui`. Tools name theirs with {@link shownIn}. Clients that declare the
 * extension and its type of page are told of views; to others the same tools are plain ones, and those that only views call
 * are not there. A tool should say in its `content` what matters, for them and for the model.
 */
export function apps({ views }: AppsOptions): Plugin {
  return {
    name: 'apps',
    async setup(host) {
      for (const view of views) {
        const html = await pageOf(view, (sentence) => host.mistake(sentence));
        if (html === undefined) continue;
        for (const sentence of wrongWith(view, html)) host.mistake(sentence);
        host.use(viewResource(view, html));
      }
      const served = new Set(views.map(({ uri }) => uri));
      host.check(({ tools, resources }) => {
        const known = new Set([...served, ...resources.map(({ uri }) => uri)]);
        for (const { name, _meta } of tools) {
          const { resourceUri } = uiOf(_meta);
          if (resourceUri === undefined || known.has(resourceUri)) continue;
          host.mistake(
            `The tool "${name}" is shown in "${resourceUri}", which is not there. Add the view to apps({ views }).`,
          );
        }
      });
      host.extension({
        id: ID,
        fallback: {
          isUsable: ({ mimeTypes }) => Array.isArray(mimeTypes) && mimeTypes.includes(VIEW_TYPE),
          tool: withoutView,
        },
      });
    },
  };
}

const uiOf = (meta: Readonly<Record<string, unknown>> | undefined): ToolUi => (meta?.['ui'] ?? {}) as ToolUi;

/** A tool as it is without its view: undefined where it is there for views alone. */
function withoutView(tool: ToolDefinition): ToolDefinition | undefined {
  if (!tool._meta || !('ui' in tool._meta)) return tool;
  const { visibility = ['model', 'app'] } = uiOf(tool._meta);
  if (!visibility.includes('model')) return undefined;
  const { _meta, ...rest } = tool;
  const { ui: _, ...meta } = _meta;
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta };
}

async function pageOf({ name, html }: View, mistake: (sentence: string) => void): Promise<string | undefined> {
  if (typeof html === 'string') return html;
  try {
    return await readFile(html, 'utf8');
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    mistake(`The page of the view "${name}" cannot be read (${String(code ?? error)}). Correct the path in html.`);
    return undefined;
  }
}

function viewResource(view: View, html: string): Class {
  const { name, uri, title, description } = view;
  const _meta = viewMeta(view);
  // Hosts may look at the list or at what they read.
  const contents = [{ uri, mimeType: VIEW_TYPE, text: html, ...(_meta && { _meta }) }];
  class ViewPage {
    read(): object {
      return { contents };
    }
  }
  Resource({
    name,
    uri,
    mimeType: VIEW_TYPE,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(_meta && { _meta }),
  })(ViewPage);
  return ViewPage;
}
