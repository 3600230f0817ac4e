import { ProtocolError } from 'perdura';

const INVALID_PARAMS = -32602;

/** A list cut into pages; a cursor names the list and a place in it, and is good for nothing else. */
export interface Pages<T> {
  page(cursor: string | undefined): { readonly items: readonly T[]; readonly nextCursor?: string };
}

export function pagesOf<T>(name: string, items: readonly T[], size: number): Pages<T> {
  const cursorAt = (start: number): string => Buffer.from(`${name}:${start}`).toString('base64url');
  const starts = new Map<string | undefined, number>([[undefined, 0]]);
  for (let start = size; start < items.length; start += size) starts.set(cursorAt(start), start);
  return {
    page(cursor) {
      const start = starts.get(cursor);
      if (start === undefined) throw new ProtocolError(INVALID_PARAMS, 'Invalid cursor');
      const end = start + size;
      return { items: items.slice(start, end), ...(end < items.length && { nextCursor: cursorAt(end) }) };
    },
  };
}
