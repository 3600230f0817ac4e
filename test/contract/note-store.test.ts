import { EmbeddedNotes } from '../../plugins/memory/embedded-notes.js';
import type { NoteLimits, NoteStore, Written } from '../../plugins/memory/note-store.js';
import { RedisNotes } from '../../plugins/memory/redis-notes.js';
import { freePort, RedisServer } from '../fixtures/redis-server.js';

const LIMITS: NoteLimits = { noteBytes: 10, notes: 3, totalBytes: 20 };
const MUCH: NoteLimits = { noteBytes: 1e6, notes: 1000, totalBytes: 1e7 };

describe.each(['memory', 'Redis'] as const)('a store of notes in %s', (place) => {
  let server: RedisServer | undefined;
  let notes: NoteStore;
  /** Of another process, where there can be one. */
  let elsewhere: NoteStore;
  let stores = 0;
  let keys = 0;
  beforeAll(async () => {
    if (place === 'Redis') server = await RedisServer.start();
  });
  beforeEach(() => {
    const open = (): NoteStore =>
      server ? new RedisNotes({ url: server.url, prefix: `t${stores}` }) : new EmbeddedNotes();
    stores++;
    notes = open();
    elsewhere = server ? open() : notes;
  });
  afterEach(() => {
    notes.close();
    elsewhere.close();
  });
  afterAll(() => server?.stop());

  const write = (
    path: string,
    text: string,
    { owner = 'ann', append = false, key = `key ${++keys}`, limits = MUCH } = {},
  ): Promise<Written> => notes.write(owner, { key, path, text, append }, limits);
  const paths = async (owner = 'ann'): Promise<string[]> => (await elsewhere.list(owner)).map(({ path }) => path);

  it('keeps what is written, with its size and time, and replaces it', async () => {
    const before = Date.now() - 60_000;
    const first = await write('plans/garden.md', 'Überall Rosen');
    expect(first).toMatchObject({ note: { path: 'plans/garden.md', size: 14 } });
    expect(await elsewhere.read('ann', 'plans/garden.md')).toBe('Überall Rosen');
    expect(await write('plans/garden.md', '')).toMatchObject({ note: { size: 0 } });
    expect(await elsewhere.read('ann', 'plans/garden.md')).toBe('');
    const [listed] = await elsewhere.list('ann');
    expect(listed).toEqual({ path: 'plans/garden.md', size: 0, updatedAt: expect.any(Number) });
    expect(listed?.updatedAt).toBeGreaterThan(before);
  });

  it('appends to what there is, and to nothing', async () => {
    await write('log', 'one\n', { append: true });
    expect(await write('log', 'two\n', { append: true })).toMatchObject({ note: { size: 8 } });
    expect(await elsewhere.read('ann', 'log')).toBe('one\ntwo\n');
  });

  it('loses none of many appends at a time', async () => {
    const words = Array.from({ length: 50 }, (_, index) => `word ${index};`);
    await Promise.all(words.map((word) => write('log', word, { append: true })));
    const kept = (await elsewhere.read('ann', 'log'))?.split(';') ?? [];
    expect(kept.slice(0, -1).sort()).toEqual(words.map((word) => word.slice(0, -1)).sort());
  });

  it('lists in the order of paths, whatever they are called', async () => {
    const odd = ['b', 'a/b', 'a', 'A', '__proto__', 'constructor', 'a.b', 'a-b', '0'];
    for (const path of odd) await write(path, path);
    expect(await paths()).toEqual([...odd].sort());
    for (const path of odd) expect(await elsewhere.read('ann', path)).toBe(path);
  });

  it('keeps owners apart, however they are called', async () => {
    const owners = ['ann', 'Ann', 'ann:{x}', 'ann\0', ''];
    for (const owner of owners) await write('note', `of ${owner}`, { owner });
    for (const owner of owners) {
      expect(await elsewhere.read(owner, 'note')).toBe(`of ${owner}`);
      expect(await paths(owner)).toEqual(['note']);
    }
    expect(await notes.remove('ann', 'note', 'key of a removal')).toBe(true);
    expect(await paths('Ann')).toEqual(['note']);
    expect([await elsewhere.read('bob', 'note'), await paths('bob')]).toEqual([undefined, []]);
  });

  it('does once what is repeated under one key, in whatever process, and tells the same of it', async () => {
    const once = { key: 'task-1/3', append: true };
    const first = await write('log', 'one;', once);
    await write('log', 'two;', { append: true });
    const again = await elsewhere.write('ann', { ...once, path: 'log', text: 'one;' }, MUCH);
    expect(again).toEqual(first);
    expect(await notes.read('ann', 'log')).toBe('one;two;');
    // Another owner's key is another key.
    expect(await write('log', 'his;', { ...once, owner: 'bob' })).toMatchObject({ note: { size: 4 } });
  });

  it('removes once what is removed under one key', async () => {
    await write('note', 'old');
    expect(await notes.remove('ann', 'note', 'k')).toBe(true);
    await write('note', 'new');
    expect(await elsewhere.remove('ann', 'note', 'k')).toBe(true);
    expect(await notes.read('ann', 'note')).toBe('new');
    expect(await notes.remove('ann', 'never', 'k2')).toBe(false);
    expect(await notes.remove('ann', 'note', 'k3')).toBe(true);
    expect([await paths(), await elsewhere.read('ann', 'note')]).toEqual([[], undefined]);
  });

  it('takes what is exactly as large as it may be, and nothing larger', async () => {
    const small = { limits: LIMITS };
    expect(await write('a', 'é'.repeat(5), small)).toMatchObject({ note: { size: 10 } });
    expect(await write('a', 'é'.repeat(5) + 'x', small)).toEqual({ over: 'noteBytes' });
    expect(await write('a', 'x', { ...small, append: true })).toEqual({ over: 'noteBytes' });
    expect(await write('b', 'x'.repeat(9), small)).toMatchObject({ note: { size: 9 } });
    expect(await write('c', 'xx', small)).toEqual({ over: 'totalBytes' });
    expect(await write('c', 'x', small)).toMatchObject({ note: { size: 1 } });
    expect(await write('d', '', small)).toEqual({ over: 'notes' });
    expect(await paths()).toEqual(['a', 'b', 'c']);
    expect(await elsewhere.read('ann', 'a')).toBe('é'.repeat(5));
    // Others have limits of their own.
    expect(await write('d', 'x', { ...small, owner: 'bob' })).toMatchObject({ note: { size: 1 } });
  });

  it('makes room by what is removed or made smaller, also where limits were lowered', async () => {
    const small = { limits: LIMITS };
    await write('a', 'x'.repeat(30));
    await write('b', 'x'.repeat(30));
    expect(await write('a', 'x'.repeat(29), small)).toMatchObject({ note: { size: 29 } });
    expect(await write('c', 'x', small)).toEqual({ over: 'totalBytes' });
    expect(await notes.remove('ann', 'a', 'r1')).toBe(true);
    expect(await notes.remove('ann', 'b', 'r2')).toBe(true);
    expect(await write('c', 'x', small)).toMatchObject({ note: { size: 1 } });
  });

  it('may try again under its key what a limit kept from being done', async () => {
    const key = 'task-1/4';
    await write('a', 'x'.repeat(9), { limits: LIMITS });
    await write('b', 'x'.repeat(9), { limits: LIMITS });
    expect(await write('c', 'xxx', { key, limits: LIMITS })).toEqual({ over: 'totalBytes' });
    await notes.remove('ann', 'a', 'r1');
    expect(await write('c', 'xxx', { key, limits: LIMITS })).toMatchObject({ note: { size: 3 } });
  });
});

describe('Notes in memory', () => {
  it('forget under which keys something was done once no worker could come back to it', async () => {
    let now = 0;
    const notes = new EmbeddedNotes(() => now);
    const append = { key: 'k', path: 'log', text: 'x', append: true };
    await notes.write('ann', append, MUCH);
    now += 24 * 3_600_000 - 1;
    await notes.write('ann', append, MUCH);
    expect(await notes.read('ann', 'log')).toBe('x');
    now += 1;
    await notes.write('ann', append, MUCH);
    expect(await notes.read('ann', 'log')).toBe('xx');
  });
});

describe('Notes in Redis', () => {
  it('say that it is away, and not that there are none', async () => {
    const away = new RedisNotes(`redis://127.0.0.1:${await freePort()}`);
    const write = { key: 'k', path: 'log', text: 'x', append: true };
    for (const asked of [away.read('ann', 'note'), away.list('ann'), away.write('ann', write, MUCH)])
      await expect(asked).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    away.close();
  });
});
