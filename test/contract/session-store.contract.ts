import type { SessionBounds, SessionRecord, SessionStore } from '../../framework/server/sessions/session-store.js';

/** A store and its clock. */
export interface SessionStoreUnderTest {
  readonly store: SessionStore;
  /** Lets so many milliseconds pass. */
  pass(milliseconds: number): Promise<void>;
  close(): Promise<void>;
}

/** What every `SessionStore` must do, whatever keeps it. */
export function sessionStoreContract(open: () => Promise<SessionStoreUnderTest>): void {
  let under: SessionStoreUnderTest;
  let store: SessionStore;
  beforeEach(async () => {
    under = await open();
    store = under.store;
  });
  afterEach(() => under.close());

  const BOUNDS: SessionBounds = { idleTtl: 400, perOwner: 2, max: 4 };
  const record = (id: string, owner = 'ann'): SessionRecord => ({
    id,
    owner,
    state: {
      protocolVersion: '2025-11-25',
      client: { info: { name: 'test', version: '1.0.0' }, capabilities: { elicitation: { form: {} } } },
    },
  });
  const add = async (id: string, owner?: string, bounds: Partial<SessionBounds> = {}) =>
    store.add(record(id, owner), { ...BOUNDS, ...bounds });
  const find = async (id: string, owner = 'ann') => store.find(id, owner, BOUNDS.idleTtl);

  it('finds a session as it was added', async () => {
    await add('one');
    expect(await find('one')).toEqual(record('one'));
  });

  it.each(['two', '', 'one two', '*', '../one', 'x'.repeat(1_000)])('does not find %p, which never was', async (id) => {
    await add('one');
    expect(await find(id)).toBeUndefined();
  });

  it('finds nothing for anybody but the owner, and that is no use of it', async () => {
    await add('one');
    await under.pass(BOUNDS.idleTtl * 0.7);
    expect(await find('one', 'eve')).toBeUndefined();
    await under.pass(BOUNDS.idleTtl * 0.7);
    expect(await find('one')).toBeUndefined();
  });

  it('keeps the log level that was set', async () => {
    await add('one');
    await store.setLogLevel('one', 'error');
    expect((await find('one'))?.state).toEqual({ ...record('one').state, logLevel: 'error' });
  });

  it('keeps what was subscribed to until it is not any more, and for the session alone', async () => {
    await add('one');
    await add('two');
    for (const uri of ['a://1', 'a://2', 'a://1', 'a:// "}{"']) await store.subscribe('one', uri, true);
    expect([...(await store.subscriptions('one'))].sort()).toEqual(['a:// "}{"', 'a://1', 'a://2']);
    expect(await store.subscriptions('two')).toEqual([]);
    await store.subscribe('one', 'a://1', false);
    await store.subscribe('one', 'a://none', false);
    await store.subscribe('one', 'a:// "}{"', false);
    expect(await store.subscriptions('one')).toEqual(['a://2']);
    await store.subscribe('one', 'a://2', false);
    expect(await store.subscriptions('one')).toEqual([]);
    await store.subscribe('none', 'a://1', true);
    expect(await store.subscriptions('none')).toEqual([]);
    expect(await find('none')).toBeUndefined();
  });

  it('sets no log level where there is no session', async () => {
    await store.setLogLevel('one', 'error');
    expect(await find('one')).toBeUndefined();
  });

  it('never finds one again that was ended, and ending it twice is no mistake', async () => {
    await add('one');
    await store.end('one');
    await store.end('one');
    expect(await find('one')).toBeUndefined();
  });

  it('forgets one that was not used for the idle time, and each use counts', async () => {
    await add('used');
    await add('idle', 'bob');
    for (let turn = 0; turn < 3; turn++) {
      await under.pass(BOUNDS.idleTtl * 0.6);
      expect(await find('used')).toBeDefined();
    }
    expect(await find('idle', 'bob')).toBeUndefined();
  });

  it('tells what is too much for an owner, idle longest first, and leaves it to the caller to end it', async () => {
    expect(await add('one')).toEqual([
      { count: 0, oldest: [] },
      { count: 0, oldest: [] },
    ]);
    await add('two');
    await find('one');
    expect(await add('three')).toEqual([
      { count: 1, oldest: ['two', 'one', 'three'] },
      { count: 0, oldest: [] },
    ]);
    expect(await find('two')).toBeDefined();
  });

  it('tells what is too much altogether, where owners cannot be told apart too', async () => {
    for (const id of ['one', 'two', 'three', 'four']) await add(id, 'everybody', { perOwner: undefined });
    expect(await add('five', 'everybody', { perOwner: undefined })).toEqual([
      { count: 1, oldest: ['one', 'two', 'three', 'four', 'five'] },
    ]);
  });

  it('counts no session that has expired or ended', async () => {
    await add('expired');
    await under.pass(BOUNDS.idleTtl * 1.2);
    await add('ended');
    await store.end('ended');
    await add('one');
    expect(await add('two')).toEqual([
      { count: 0, oldest: [] },
      { count: 0, oldest: [] },
    ]);
  });
}
