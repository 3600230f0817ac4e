import { createSealer, someKey } from './sealer.js';

/** Which list a cursor is of: it is good for no other. */
export interface CursorPlace {
  readonly method: string;
  /** Whose list it is, where each caller has another one; absent where all share one. */
  readonly owner?: string;
}

/** A place in a list: behind one entry and in front of another, by their names or whatever else does not move. */
export interface Position {
  readonly after: string;
  /** Absent where what comes next need not be known. */
  readonly before?: string;
}

/** Seals positions in lists (`server/utilities/pagination`): clients can neither read cursors nor make some up. */
export interface Cursors {
  seal(position: Position, place: CursorPlace): string;
  /** Undefined for anything that was not sealed for this list. */
  open(cursor: unknown, place: CursorPlace): Position | undefined;
}

/** Longer than any that names entries of a catalog. */
const LONGEST = 8 * 1024;

/**
 * Makes cursors by the keys that seal the state of calls, so that they open wherever those do. They do not expire: a position stays
 * one, and pages are serialised together with theirs.
 */
export function createCursors(keys?: readonly string[]): Cursors {
  const sealer = createSealer(keys?.length ? keys : [someKey()], 'cursor');
  return {
    seal: ({ after, before }, place) => sealer.seal(JSON.stringify([after, before]), bound(place)),
    open(cursor, place) {
      if (typeof cursor !== 'string' || cursor.length > LONGEST) return undefined;
      const plain = sealer.open(cursor, bound(place));
      if (plain === undefined) return undefined;
      const [after, before] = JSON.parse(plain) as [string, string | null];
      return before === null ? { after } : { after, before };
    },
  };
}

const bound = ({ method, owner }: CursorPlace): unknown => (owner === undefined ? [method] : [method, owner]);
