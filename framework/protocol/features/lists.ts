import type { CatalogChange } from '../../catalog/catalog-state.js';
import type { ProtocolError } from '../../errors.js';
import { resultAnswer, withMembers } from '../messages/answer.js';
import type { Cursors, Position } from '../sealed/cursors.js';
import type { Answer } from '../messages/exchange.js';
import type { Incoming } from '../messages/incoming.js';
import { invalidParams } from '../messages/refusal.js';

/** An entry of a list as clients see it, and the name that it has in the catalog. */
export interface Listed {
  readonly name: string;
  readonly definition: object;
}

/** How a list is cut into pages and written. */
export interface ListShape {
  /** What it is asked for by; its cursors are good for nothing else. */
  readonly method: string;
  /** The member of the result that holds the entries. */
  readonly field: string;
  readonly pageSize: number;
  readonly cursors: Cursors;
  /** Members that every page has, as JSON. */
  readonly members?: string;
  /** The names of all that could stand in the list, offered now or not, in its order. */
  readonly order: () => Iterable<string>;
}

/** The pages of a list, serialised: a request finds its page by its cursor and adds only its id. */
export interface PagedList {
  readonly first: string;
  /** The page behind a cursor; undefined where it is none of this list's, or nobody knows where it stood. */
  at(cursor: unknown): string | undefined;
}

/**
 * Serialises a list, each page once. A cursor says between which two entries it stands, by name: entries that come or go while a
 * client turns pages make it see none twice and miss no other, and a process that sealed nothing finds the place too. Its page is
 * the same for every caller, and shared caches may keep it, so it is bound to the list and not to who asks.
 */
export function pagedList(shape: ListShape, entries: readonly Listed[]): PagedList {
  const { method, field, pageSize, cursors, members = '', order } = shape;
  const pages = new Map<number, string>();
  /** Where the cursors stand that were sealed here. */
  const starts = new Map<unknown, number>();

  const seal = (end: number): string => {
    const [last, next] = [entries[end - 1] as Listed, entries[end] as Listed];
    return cursors.seal({ after: last.name, before: next.name }, { method });
  };
  const page = (start: number): string => {
    const end = start + pageSize;
    const nextCursor = end < entries.length ? seal(end) : undefined;
    const shown = entries.slice(start, end).map(({ definition }) => definition);
    const json = JSON.stringify({ [field]: shown, nextCursor });
    const whole = members === '' ? json : withMembers(members, json);
    // Pages that begin elsewhere belong to a list that has changed under its reader, and are as good as never asked for again.
    if (start % pageSize !== 0) return whole;
    pages.set(start, whole);
    if (nextCursor !== undefined) starts.set(nextCursor, end);
    return whole;
  };
  const startOf = ({ after, before }: Position): number | undefined => {
    const names = [...order()];
    const behind = names.indexOf(after) + 1;
    // Where the entry in front was removed for good, the one behind the cursor still tells.
    const from = behind > 0 ? behind : before === undefined ? -1 : names.indexOf(before);
    if (from < 0) return undefined;
    const left = new Set(names.slice(from));
    const start = entries.findIndex(({ name }) => left.has(name));
    return start < 0 ? entries.length : start;
  };

  return {
    first: page(0),
    at(cursor) {
      let start = starts.get(cursor);
      if (start === undefined) {
        const position = cursors.open(cursor, { method });
        start = position && startOf(position);
      }
      return start === undefined ? undefined : (pages.get(start) ?? page(start));
    },
  };
}

/** An empty cursor is a cursor like any other: it was never given out. */
export const invalidCursor = (): ProtocolError => invalidParams('Invalid cursor');

/** The page that a request asks for. */
export function listAnswer(list: PagedList, { id, params }: Pick<Incoming, 'id' | 'params'>): Answer {
  const { cursor } = params;
  const page = cursor === undefined ? list.first : list.at(cursor);
  if (page === undefined) throw invalidCursor();
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
