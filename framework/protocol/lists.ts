import { Buffer } from 'node:buffer';
import type { CatalogChange } from '../catalog/catalog-state.js';
import { resultAnswer, withMembers } from './answer.js';
import type { Answer } from './exchange.js';
import type { Incoming } from './incoming.js';
import { invalidParams } from './refusal.js';

/** The pages of a list, serialised: a request finds its page by its cursor and adds only its id. */
export interface PagedList {
  readonly first: string;
  readonly byCursor: ReadonlyMap<string, string>;
}

/**
 * Serialises a list once. `members` is put into every page as it is. Cursors name the list and a position in it,
 * so they stay good across processes that serve the same catalog, and are good for no other list.
 */
export function pagedList(field: string, entries: readonly object[], pageSize: number, members = ''): PagedList {
  const byCursor = new Map<string, string>();
  const page = (start: number): string => {
    const end = start + pageSize;
    const nextCursor = end < entries.length ? cursor(field, end) : undefined;
    const json = JSON.stringify({ [field]: entries.slice(start, end), nextCursor });
    return members === '' ? json : withMembers(members, json);
  };
  for (let start = pageSize; start < entries.length; start += pageSize) byCursor.set(cursor(field, start), page(start));
  return { first: page(0), byCursor };
}

/** The page that a request asks for. An empty cursor is a cursor like any other: it was never given out. */
export function listAnswer(list: PagedList, { id, params }: Incoming): Answer {
  if (params['cursor'] === undefined) return resultAnswer(id, list.first);
  const page = list.byCursor.get(params['cursor'] as string);
  if (page === undefined) throw invalidParams('Invalid cursor');
  return resultAnswer(id, page);
}

/** Serves a list whose pages are made anew when it changes, and then only. */
export function livePages<I extends Incoming>(
  make: () => PagedList,
  kind: CatalogChange['kind'],
  onChange: (listener: (change: CatalogChange) => void) => unknown,
): (incoming: I) => Answer {
  let pages = make();
  onChange((change) => {
    if (change.kind === kind) pages = make();
  });
  return (incoming) => listAnswer(pages, incoming);
}

export const definitionOf = ({ definition }: { readonly definition: object }): object => definition;

const cursor = (field: string, position: number): string => Buffer.from(`${field}:${position}`).toString('base64url');
