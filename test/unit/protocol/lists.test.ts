import type { Incoming } from '../../../framework/protocol/incoming.js';
import { listAnswer, pagedList } from '../../../framework/protocol/lists.js';

const entries = Array.from({ length: 7 }, (_, index) => ({ name: `tool-${index}` }));
const page = (list: ReturnType<typeof pagedList>, cursor?: unknown) => {
  const { body } = listAnswer(list, {
    id: 'a"b',
    params: cursor === undefined ? {} : { cursor },
  } as unknown as Incoming);
  return JSON.parse(body) as { id: unknown; result: { tools: unknown[]; nextCursor?: string; ttlMs?: number } };
};

describe('a paged list', () => {
  it('comes whole and in order when its cursors are followed', () => {
    const list = pagedList('tools', entries, 3);
    const seen: unknown[] = [];
    for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages++) {
      const { id, result } = page(list, cursor);
      expect(id).toBe('a"b');
      seen.push(...result.tools);
      cursor = result.nextCursor;
      expect(pages).toBeLessThan(3);
    }
    expect(seen).toEqual(entries);
  });

  it.each([1, 7, 8])('has no cursor after its last page of %i', (pageSize) => {
    const list = pagedList('tools', entries, pageSize);
    let result = page(list).result;
    while (result.nextCursor !== undefined) result = page(list, result.nextCursor).result;
    expect(result.tools.length).toBe(Math.min(pageSize, 7));
  });

  it('is one empty page where there is nothing', () => {
    expect(page(pagedList('tools', [], 3)).result).toEqual({ tools: [] });
  });

  it('says the same about every page', () => {
    const list = pagedList('tools', entries, 3, '"ttlMs":5');
    expect(page(list).result.ttlMs).toBe(5);
    expect(page(list, page(list).result.nextCursor).result.ttlMs).toBe(5);
  });

  it.each([
    ['an empty cursor', ''],
    ['an unknown one', 'x'],
    ['a number', 3],
    ['null', null],
  ])('refuses %s', (_, cursor) => {
    expect(() => page(pagedList('tools', entries, 3), cursor)).toThrow(expect.objectContaining({ code: -32602 }));
  });

  it("refuses another list's cursor", () => {
    const { nextCursor } = page(pagedList('tools', entries, 3)).result;
    expect(() => page(pagedList('prompts', entries, 3), nextCursor)).toThrow(expect.objectContaining({ code: -32602 }));
  });
});
