import type { ClientCapabilities, Json } from '../../spec.js';
import type { ExtensionFallback } from './extension.js';
import type { Incoming, Method, MethodTable } from '../messages/incoming.js';
import { isObject } from '../messages/parse-message.js';
import { missingCapability } from '../messages/refusal.js';

/** What one extension adds to one revision: the tables of methods are put together of these at boot. */
export interface ExtensionRow<I extends Incoming = Incoming> {
  readonly id: string;
  readonly settings: Readonly<Record<string, Json>>;
  readonly methods: MethodTable<I>;
  /** The member of `params` that `Mcp-Name` mirrors, by method. */
  readonly namedBy: ReadonlyMap<string, string>;
  readonly fallback?: ExtensionFallback;
}

/** `capabilities.extensions`, or nothing where there is none. */
export function declaredExtensions(rows: readonly Pick<ExtensionRow, 'id' | 'settings'>[]): {
  extensions?: Record<string, Readonly<Record<string, Json>>>;
} {
  if (rows.length === 0) return {};
  return { extensions: Object.fromEntries(rows.map(({ id, settings }) => [id, settings])) };
}

/** What a client declared for an extension; undefined where it did not declare it, on this request or in this session. */
export function declaredBy(
  { capabilities }: Incoming['client'],
  id: string,
): Readonly<Record<string, unknown>> | undefined {
  const { extensions } = capabilities as { readonly extensions?: unknown };
  const settings = isObject(extensions) ? extensions[id] : undefined;
  return isObject(settings) ? settings : undefined;
}

/** The extension as what a client would have had to declare. */
export const extensionRequired = (id: string): ClientCapabilities =>
  ({ extensions: { [id]: {} } }) as ClientCapabilities;

/** A method for clients alone that declare the extension: on 2026-07-28 the others are told so with -32021. */
export function forDeclaring(id: string, method: Method): Method {
  const required = extensionRequired(id);
  return (incoming) => {
    if (!declaredBy(incoming.client, id)) throw missingCapability(required);
    return method(incoming);
  };
}
