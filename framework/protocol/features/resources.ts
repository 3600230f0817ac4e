import type { Catalog, ResourceEntry, ResourceTemplateEntry } from '../../catalog/catalog.js';
import { ProtocolError } from '../../errors.js';
import { invalidParams } from '../messages/refusal.js';

/** What a `resources/read` asks for. */
export interface ResourceTarget {
  readonly entry: ResourceEntry | ResourceTemplateEntry;
  readonly uri: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** No template is worth matching against more. */
const LONGEST_URI = 2048;

const NO_VARIABLES: Readonly<Record<string, string>> = Object.freeze({});

/** The resource behind a URI, fixed ones first. `notFound` is the revision's code for a URI that nothing answers to. */
export function resourceOf(
  catalog: Catalog,
  params: Readonly<Record<string, unknown>>,
  notFound: number,
): ResourceTarget {
  const uri = uriOf(params);
  const fixed = catalog.resources.get(uri);
  if (fixed) return { entry: fixed, uri, variables: NO_VARIABLES };
  if (uri.length <= LONGEST_URI) {
    for (const entry of catalog.templates) {
      const variables = entry.match(uri);
      if (variables && !climbs(uri, variables)) return { entry, uri, variables };
    }
  }
  throw resourceNotFound(notFound, uri);
}

/** Whether a file's URI leads out of the folder that a handler puts it under (`server/resources`, security considerations). */
const climbs = (uri: string, variables: Readonly<Record<string, string>>): boolean =>
  uri.startsWith('file:') && Object.values(variables).some((value) => value.split(/[/\\]/).includes('..'));

export function uriOf({ uri }: Readonly<Record<string, unknown>>): string {
  if (typeof uri !== 'string') throw invalidParams('"uri" must be a string.');
  return uri;
}

export const resourceNotFound = (code: number, uri: string): ProtocolError =>
  new ProtocolError(code, 'Resource not found', { uri: uri.slice(0, LONGEST_URI) });
