import { createCursors } from '../../../framework/protocol/sealed/cursors.js';
import { listAnswer, type Listed, type PagedList, pagedList } from '../../../framework/protocol/features/lists.js';

const KEY = 'k'.repeat(32);
const NAMES = Array.from({ length: 7 }, (_, index) => `tool-${index}`);
const listed = (names: readonly string[]): Listed[] => names.map((name) => ({ name, definition: { name } }));

interface Made {
  readonly offered?: readonly string[];
  readonly all?: readonly string[];
  readonly method?: string;
  readonly pageSize?: number;
  readonly keys?: readonly string[];
  readonly members?: string;
}

/** A list as one process makes it. */
const made = ({ offered = NAMES, all = NAMES, keys = [KEY], pageSize = 3, ...own }: Made = {}): PagedList =>
  pagedList(
    { method: 'tools/list', field: 'tools', pageSize, cursors: createCursors(keys), order: () => all, ...own },
    listed(offered),
  );

const page = (list: PagedList, cursor?: unknown) => {
  const { body } = listAnswer(list, { id: 'a"b', params: cursor === undefined ? {} : { cursor } });
  const { id, result } = JSON.parse(body) as {
    id: unknown;
    result: { tools: { name: string }[]; nextCursor?: string; ttlMs?: number };
  };
  return { id, result, names: result.tools.map(({ name }) => name) };
};

/** The names on this page and all after it. */
const rest = (list: PagedList, cursor?: string): string[] => {
  const { names, result } = page(list, cursor);
  return result.nextCursor === undefined ? names : [...names, ...rest(list, result.nextCursor)];
};

describe('a paged list', () => {
  it('comes whole and in order when its cursors are followed', () => {
    const list = made();
    expect(rest(list)).toEqual(NAMES);
    expect(page(list).names).toHaveLength(3);
    expect(page(list).id).toBe('a"b');
  });

  it.each([1, 7, 8])('has no cursor after its last page of %i', (pageSize) => {
    const list = made({ pageSize });
    let { result } = page(list);
    while (result.nextCursor !== undefined) ({ result } = page(list, result.nextCursor));
    expect(result.tools.length).toBe(Math.min(pageSize, 7));
  });

  it('is one empty page where there is nothing', () => {
    expect(page(made({ offered: [] })).result).toEqual({ tools: [] });
  });

  it('says the same about every page', () => {
    const list = made({ members: '"ttlMs":5' });
    expect(page(list).result.ttlMs).toBe(5);
    expect(page(list, page(list).result.nextCursor).result.ttlMs).toBe(5);
  });

  it('gives the same bytes to everybody who asks', () => {
    const list = made();
    const { nextCursor } = page(list).result;
    expect([list.first, list.at(nextCursor)]).toEqual([list.first, list.at(nextCursor)]);
  });

  it.each([
    ['an empty cursor', ''],
    ['an unknown one', 'x'],
    ['a position in the clear', Buffer.from('tools:3').toString('base64url')],
    ['a very long one', 'v1.'.padEnd(100_000, 'x')],
    ['a number', 3],
    ['null', null],
  ])('refuses %s', (_, cursor) => {
    expect(() => page(made(), cursor)).toThrow(expect.objectContaining({ code: -32602 }));
  });

  it('refuses a cursor of which one character was changed', () => {
    const { nextCursor = '' } = page(made()).result;
    for (let at = 0; at < nextCursor.length; at++) {
      const changed = nextCursor.slice(0, at) + (nextCursor[at] === 'A' ? 'B' : 'A') + nextCursor.slice(at + 1);
      expect(() => page(made(), changed)).toThrow(expect.objectContaining({ code: -32602 }));
    }
  });

  it.each<[string, Made]>([
    ["another list's", { method: 'prompts/list' }],
    ["another server's", { keys: ['o'.repeat(32)] }],
  ])('refuses %s cursor', (_, other) => {
    const { nextCursor } = page(made(other)).result;
    expect(() => page(made(), nextCursor)).toThrow(expect.objectContaining({ code: -32602 }));
  });

  it('is gone on with in a process that has the same keys, or has them beside a newer one', () => {
    const { nextCursor } = page(made()).result;
    expect(rest(made(), nextCursor)).toEqual(NAMES.slice(3));
    expect(rest(made({ keys: ['n'.repeat(32), KEY] }), nextCursor)).toEqual(NAMES.slice(3));
  });

  const without = (...gone: string[]): string[] => NAMES.filter((name) => !gone.includes(name));

  it.each<[string, readonly string[], readonly string[]]>([
    ['an entry before the cursor is disabled', NAMES, without('tool-0')],
    ['the entry before the cursor is disabled', NAMES, without('tool-2')],
    ['the entry after the cursor is disabled', NAMES, without('tool-3')],
    ['both beside the cursor are disabled', NAMES, without('tool-2', 'tool-3')],
    ['all that is left is disabled', NAMES, NAMES.slice(0, 3)],
    ['everything is disabled', NAMES, []],
    ['an entry before the cursor is enabled', without('tool-1'), NAMES],
    ['an entry after the cursor is enabled', without('tool-5'), NAMES],
  ])('repeats and skips nothing where %s between two pages', (_, before, after) => {
    const first = page(made({ offered: before }));
    const seen = new Set(first.names);
    const place = NAMES.indexOf(first.names.at(-1) as string);
    const left = NAMES.slice(place + 1).filter((name) => after.includes(name));
    const more = rest(made({ offered: after }), first.result.nextCursor);
    expect(more).toEqual(left);
    expect(more.filter((name) => seen.has(name))).toEqual([]);
  });

  it('is gone on with where one of the entries beside the cursor was removed for good, and begun anew where both were', () => {
    const { nextCursor } = page(made()).result;
    for (const gone of ['tool-2', 'tool-3']) {
      const now = without(gone);
      expect(rest(made({ offered: now, all: now }), nextCursor)).toEqual(now.filter((name) => name > 'tool-2'));
    }
    const neither = without('tool-2', 'tool-3');
    expect(() => page(made({ offered: neither, all: neither }), nextCursor)).toThrow(
      expect.objectContaining({ code: -32602 }),
    );
  });
});
