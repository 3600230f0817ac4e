/** What a view may load and ask for; whatever is not named, hosts forbid (MCP Apps, `McpUiResourceCsp`). Lists of origins. */
export interface ViewCsp {
  /** For `fetch` and WebSockets. */
  readonly connectDomains?: readonly string[];
  /** For scripts, styles, images, fonts and media. */
  readonly resourceDomains?: readonly string[];
  /** For frames within the view. */
  readonly frameDomains?: readonly string[];
  /** For `<base>`. */
  readonly baseUriDomains?: readonly string[];
}

/** What a view may use of the browser, where the host and its user agree. */
export interface ViewPermissions {
  readonly camera?: object;
  readonly microphone?: object;
  readonly geolocation?: object;
  readonly clipboardWrite?: object;
}

/** A page that hosts show beside what a tool came back with. */
export interface View {
  /** Unique among the app's resources: 1 to 128 characters of `A-Z a-z 0-9 _ - .`. */
  readonly name: string;
  /** Begins with `ui://`. */
  readonly uri: string;
  /** A whole HTML5 document, or the file that it is in, read once at the start. */
  readonly html: string | URL;
  readonly title?: string;
  readonly description?: string;
  readonly csp?: ViewCsp;
  readonly permissions?: ViewPermissions;
  /** An origin of its own for the view, in the form that the host asks for. */
  readonly domain?: string;
  /** Whether the host draws a border and a background. Default: as the host likes. */
  readonly prefersBorder?: boolean;
}

/** The MIME type of every view. */
export const VIEW_TYPE = 'text/html;profile=mcp-app';

/** Who may call a tool: the model, the view, or both. */
export type Caller = 'model' | 'app';

/**
 * The `_meta` of a tool whose results are shown in a view. A tool that only views call (`['app']`) is not listed for
 * clients that show none.
 *
 * @example @Tool({ name: 'forecast', description: '...', _meta: shownIn(chart) })
 */
export function shownIn(view: Pick<View, 'uri'>, visibility?: readonly Caller[]): { readonly ui: object } {
  return { ui: { resourceUri: view.uri, ...(visibility && { visibility }) } };
}

/** What hosts are told of a view, beside its page. */
export function viewMeta({ csp, permissions, domain, prefersBorder }: View): { readonly ui: object } | undefined {
  const ui = {
    ...(csp && { csp }),
    ...(permissions && { permissions }),
    ...(domain !== undefined && { domain }),
    ...(prefersBorder !== undefined && { prefersBorder }),
  };
  return Object.keys(ui).length === 0 ? undefined : { ui };
}
