import {
  type App,
  BootError,
  type CallContext,
  createApp,
  type Interceptor,
  LiveCatalog,
  PerduraError,
  Prompt,
  ProtocolError,
  Resource,
  Task,
  Tool,
} from 'perdura';
import { until } from '../fixtures/until.js';
import { ALICE, BOB, type Fields, META, type Pending, RawClient2025, RawClient2026, textOf } from './raw-client.js';

const SUBSCRIPTION = `${META}subscriptionId`;
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';

@Tool({ name: 'lend', description: 'Lends a book.' })
class Lend {
  call(): string {
    return 'lent';
  }
}

//#region change
@Tool({ name: 'close_desk', description: 'Ends lending for today.' })
class CloseDesk {
  constructor(private readonly catalog: LiveCatalog) {}

  async call(): Promise<string> {
    await this.catalog.disable('tool', 'lend');
    this.catalog.resourceUpdated('library://shelf');
    return 'closed';
  }
}
//#endregion

@Prompt({ name: 'advise', description: 'Advises a reader.' })
class Advise {
  get(): string {
    return 'Read Seneca.';
  }
}

@Resource({ name: 'shelf', uri: 'library://shelf' })
class Shelf {
  read(): string {
    return 'Seneca';
  }
}

@Resource({ name: 'account', uriTemplate: 'library://account/{owner}' })
class Account {
  read({ owner }: { owner: string }, { principal }: CallContext): string {
    if (principal.owner !== owner) throw new ProtocolError(-32602, 'Not yours');
    return '3 books';
  }
}

@Tool({ name: 'renew', description: 'Renews a loan.' })
class Renew {
  call(): string {
    return 'renewed';
  }
}

@Tool({ name: 'lend', description: 'Lends again.' })
class LendTwice {
  call(): string {
    return 'lent';
  }
}

@Tool({ name: 'no name', description: 'Has no legal name.' })
class Nameless {
  call(): string {
    return '';
  }
}

@Task({ name: 'bind', description: 'Binds a book.', ttl: '1h' })
class Bind {
  call(): string {
    return 'bound';
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)('a catalog that changes, on %s', (revision) => {
  let app: App;
  /** Who may not read, whatever handlers say. */
  let barred: string | undefined;
  const gate: Interceptor = (call, next) => {
    if (call.entry.kind === 'resource' && call.ctx.principal.owner === barred) throw new ProtocolError(-32602, 'No');
    return next();
  };

  beforeEach(async () => {
    barred = undefined;
    app = await createApp({
      ...{ name: 'library', version: '1', intercept: [gate], report: () => undefined },
      use: [Lend, CloseDesk, Shelf, Account],
    });
  });
  afterEach(() => app.close());

  /** A client that listens, and what it has heard. */
  const listener = async (
    filter: { readonly lists?: boolean; readonly uris?: readonly string[] },
    principal = ALICE,
  ): Promise<{ client: RawClient2025 | RawClient2026; heard: () => Fields[]; stop: () => Promise<void> }> => {
    if (revision === '2025-11-25') {
      const client = new RawClient2025(app, { principal });
      for (const uri of filter.uris ?? []) await client.request('resources/subscribe', { uri });
      const heard = () => client.unasked.filter(({ method }) => filter.lists || !method.includes('list_changed'));
      return { client, heard: () => heard() as never, stop: async () => client.session.close() };
    }
    const client = new RawClient2026(app, { principal });
    const wanted = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    const stream = client.start('subscriptions/listen', {
      notifications: { ...(filter.lists && wanted), ...(filter.uris && { resourceSubscriptions: filter.uris }) },
    });
    await until(() => stream.messages.length > 0);
    const heard = () => stream.messages.slice(1) as never;
    return { client, heard, stop: async () => (stream.hangUp(), void (await stream.response)) };
  };
  const names = async (client: RawClient2025 | RawClient2026, method: string, field: string): Promise<string[]> =>
    ((await client.request(method)).result[field] as { name: string }[]).map(({ name }) => name);

  // Spec: tools.list-changed
  it('takes a disabled tool off the list and refuses it, and tells who listens', async () => {
    const { client, heard, stop } = await listener({ lists: true });
    await client.request('tools/call', { name: 'close_desk' });
    expect(heard()).toMatchObject([{ method: 'notifications/tools/list_changed' }]);
    expect(await names(client, 'tools/list', 'tools')).toEqual(['close_desk']);
    expect((await client.request('tools/call', { name: 'lend' })).error).toMatchObject({ code: -32602 });
    await app.catalog.enable('tool', 'lend');
    expect(heard()).toHaveLength(2);
    expect(await names(client, 'tools/list', 'tools')).toEqual(['lend', 'close_desk']);
    expect(textOf(await client.request('tools/call', { name: 'lend' }))).toBe('lent');
    await stop();
  });

  // Spec: resources.list-changed
  it('says nothing where nothing changes', async () => {
    const { heard, stop } = await listener({ lists: true });
    await app.catalog.enable('tool', 'lend');
    await app.catalog.disable('resource', 'account');
    await app.catalog.disable('resource', 'account');
    expect(heard()).toMatchObject([{ method: 'notifications/resources/list_changed' }]);
    expect(app.catalog.isEnabled('resource', 'account')).toBe(false);
    await stop();
  });

  it('offers what is added, with its dependencies, and takes it back', async () => {
    const { client, heard, stop } = await listener({ lists: true });
    app.catalog.add(Renew);
    expect(await names(client, 'tools/list', 'tools')).toEqual(['lend', 'close_desk', 'renew']);
    expect(textOf(await client.request('tools/call', { name: 'renew' }))).toBe('renewed');
    app.catalog.remove(Renew);
    expect((await client.request('tools/call', { name: 'renew' })).error).toMatchObject({ code: -32602 });
    expect(heard()).toMatchObject([
      { method: 'notifications/tools/list_changed' },
      { method: 'notifications/tools/list_changed' },
    ]);
    await stop();
  });

  // Spec: prompts.list-changed
  it('has a feature from the first entry of it on, for clients that come then', async () => {
    const { client, heard, stop } = await listener({ lists: true });
    expect((await client.request('prompts/list')).error).toMatchObject({ code: -32601 });
    app.catalog.add(Advise);
    // What was not declared to a client is not told to it.
    expect(heard()).toEqual([]);
    await stop();
    const later = await listener({ lists: true });
    expect(await names(later.client, 'prompts/list', 'prompts')).toEqual(['advise']);
    await app.catalog.disable('prompt', 'advise');
    expect(await names(later.client, 'prompts/list', 'prompts')).toEqual([]);
    expect(later.heard()).toMatchObject([{ method: 'notifications/prompts/list_changed' }]);
    await later.stop();
  });

  it('adds all or nothing, and tells of every mistake', async () => {
    const { client, heard, stop } = await listener({ lists: true });
    const mistaken = (): void => app.catalog.add(Renew, LendTwice, Nameless, Bind);
    expect(mistaken).toThrow(BootError);
    try {
      mistaken();
    } catch (error) {
      const codes = (error as BootError).mistakes.map(({ code }) => code);
      expect(codes.sort()).toEqual(['DUPLICATE_NAME', 'ILLEGAL_NAME', 'TASK_ADDED_LATE']);
    }
    expect(await names(client, 'tools/list', 'tools')).toEqual(['lend', 'close_desk']);
    expect(heard()).toEqual([]);
    app.catalog.add(Renew);
    await stop();
  });

  it('knows what it can switch and remove', async () => {
    const code = async (work: () => unknown): Promise<string> => {
      try {
        await work();
        return 'done';
      } catch (error) {
        return error instanceof BootError ? (error.mistakes[0]?.code ?? '') : (error as PerduraError).code;
      }
    };
    expect(await code(() => app.catalog.disable('prompt', 'lend'))).toBe('UNKNOWN_ENTRY');
    expect(await code(() => app.catalog.enable('tool', 'toString'))).toBe('UNKNOWN_ENTRY');
    expect(await code(() => app.catalog.remove(Renew))).toBe('NOT_ADDED');
    expect(await code(() => app.catalog.add(Lend))).toBe('DUPLICATE_CLASS');
  });

  // Spec: listen.unrequested@2026-07-28
  it('tells of a resource those who follow it, and nobody else', async () => {
    const follower = await listener({ uris: ['library://shelf'] });
    const other = await listener({ uris: ['library://account/alice'] });
    app.catalog.resourceUpdated('library://shelf');
    await until(() => follower.heard().length === 1);
    expect(follower.heard()).toMatchObject([
      { method: 'notifications/resources/updated', params: { uri: 'library://shelf' } },
    ]);
    app.catalog.resourceUpdated('library://account/alice');
    await until(() => other.heard().length === 1);
    expect(follower.heard()).toHaveLength(1);
    expect(other.heard()).toMatchObject([{ params: { uri: 'library://account/alice' } }]);
    await Promise.all([follower.stop(), other.stop()]);
  });

  // Spec: resources.permissions
  it('tells nobody of what they may not read, at the start or later', async () => {
    const uris = ['library://account/alice', 'library://shelf', 'library://none'];
    const bob = await listener({ uris }, BOB);
    const alice = await listener({ uris }, ALICE);
    app.catalog.resourceUpdated('library://account/alice');
    await until(() => alice.heard().length === 1);
    app.catalog.resourceUpdated('library://none');
    barred = 'bob';
    app.catalog.resourceUpdated('library://shelf');
    await until(() => alice.heard().length === 2);
    expect(bob.heard()).toEqual([]);
    barred = undefined;
    app.catalog.resourceUpdated('library://shelf');
    await until(() => bob.heard().length === 1);
    await app.catalog.disable('resource', 'shelf');
    app.catalog.resourceUpdated('library://shelf');
    app.catalog.resourceUpdated('library://account/alice');
    await until(() => alice.heard().length === 4);
    expect(bob.heard()).toHaveLength(1);
    await Promise.all([alice.stop(), bob.stop()]);
  });
});

describe('resources/subscribe on 2025-11-25', () => {
  let app: App;
  let client: RawClient2025;
  beforeAll(async () => {
    app = await createApp({ name: 'library', version: '1', use: [Lend, Shelf, Account] });
    client = new RawClient2025(app, { principal: ALICE });
  });
  afterAll(() => app.close());

  it('answers nothing but that it is done, and unsubscribing ends it', async () => {
    const uri = 'library://shelf';
    expect((await client.request('resources/subscribe', { uri })).result).toEqual({});
    expect((await client.request('resources/subscribe', { uri })).result).toEqual({});
    expect((await client.request('resources/unsubscribe', { uri })).result).toEqual({});
    expect((await client.request('resources/subscribe', { uri: 'library://account/alice' })).result).toEqual({});
    app.catalog.resourceUpdated(uri);
    app.catalog.resourceUpdated('library://account/alice');
    await until(() => client.unasked.length > 0);
    expect(client.unasked).toMatchObject([{ params: { uri: 'library://account/alice' } }]);
  });

  it.each(['library://account/bob', 'library://none'])('refuses %s as a resource that is not there', async (uri) => {
    expect((await client.request('resources/subscribe', { uri })).error).toMatchObject({
      ...{ code: -32002, message: 'Resource not found' },
      data: { uri },
    });
    expect((await client.request('resources/unsubscribe', { uri })).result).toEqual({});
  });

  it('refuses what is no URI, and more than a hundred of them', async () => {
    const broken = { broken: true };
    expect((await client.request('resources/subscribe', {}, broken)).error).toMatchObject({ code: -32602 });
    @Resource({ name: 'page', uriTemplate: 'library://page/{n}' })
    class Page {
      read({ n }: { n: string }): string {
        return n;
      }
    }
    app.catalog.add(Page);
    const greedy = new RawClient2025(app);
    const subscribe = (n: number) => greedy.request('resources/subscribe', { uri: `library://page/${n}` });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => subscribe(n)));
    expect(answers.filter(({ error }) => error)).toEqual([]);
    expect((await subscribe(100)).error).toMatchObject({ code: -32603 });
    // Once more what is followed already takes no room.
    expect((await subscribe(7)).error).toBeUndefined();
    await greedy.request('resources/unsubscribe', { uri: 'library://page/7' });
    expect((await subscribe(100)).error).toBeUndefined();
  });
});

describe('subscriptions/listen on 2026-07-28', () => {
  let app: App;
  let client: RawClient2026;
  beforeAll(async () => {
    app = await createApp({ name: 'library', version: '1', use: [Lend, Shelf, Account] });
    client = new RawClient2026(app, { principal: ALICE });
  });
  afterAll(() => app.close());

  const listen = async (notifications: Fields, own = client): Promise<Pending> => {
    const stream = own.start('subscriptions/listen', { notifications });
    await until(() => stream.messages.length > 0);
    return stream;
  };
  const acknowledged = ({ messages }: Pending): unknown => messages[0]?.params?.['notifications'];

  // Spec: listen.acknowledged@2026-07-28, listen.before@2026-07-28, listen.unrequested@2026-07-28
  // Spec: meta.subscription-id@2026-07-28
  it('acknowledges first what it will tell of, and leaves out the rest', async () => {
    const uris = ['library://shelf', 'library://account/bob', 'library://none', 'library://shelf'];
    const stream = await listen({
      ...{ toolsListChanged: true, promptsListChanged: true, resourcesListChanged: false },
      resourceSubscriptions: uris,
    });
    expect(stream.messages[0]).toEqual({
      ...{ jsonrpc: '2.0', method: ACKNOWLEDGED },
      params: {
        _meta: { [SUBSCRIPTION]: stream.id },
        notifications: { toolsListChanged: true, resourceSubscriptions: ['library://shelf'] },
      },
    });
    await app.catalog.disable('resource', 'account');
    await app.catalog.enable('resource', 'account');
    await app.catalog.disable('tool', 'lend');
    await app.catalog.enable('tool', 'lend');
    app.catalog.resourceUpdated('library://shelf');
    await until(() => stream.messages.length === 4);
    expect(stream.messages.slice(1)).toEqual([
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: { [SUBSCRIPTION]: stream.id } } },
      { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: { [SUBSCRIPTION]: stream.id } } },
      {
        ...{ jsonrpc: '2.0', method: 'notifications/resources/updated' },
        params: { _meta: { [SUBSCRIPTION]: stream.id }, uri: 'library://shelf' },
      },
    ]);
    stream.hangUp();
    expect((await stream.response).result._meta).toMatchObject({ [SUBSCRIPTION]: stream.id });
  });

  it.each(['resources/subscribe', 'resources/unsubscribe'])('has taken the place of %s', async (method) => {
    const params = { uri: 'library://shelf' };
    const { status, error } = await client.request(method, params, { broken: true });
    expect({ status, error }).toMatchObject({ status: 404, error: { code: -32601 } });
  });

  it.each([
    ['a list that is no boolean', { toolsListChanged: 1 }],
    ['resources that are no list', { resourceSubscriptions: 'library://shelf' }],
    ['resources that are numbers', { resourceSubscriptions: [1] }],
  ])('is refused %s', async (_, notifications) => {
    const response = await client.request('subscriptions/listen', { notifications }, { broken: true });
    expect(response.error).toMatchObject({ code: -32602 });
  });

  it('ends at once when the client hangs up while its resources are looked at', async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    @Resource({ name: 'vault', uri: 'library://vault' })
    class Vault {
      async read(): Promise<string> {
        await opened;
        return 'gold';
      }
    }
    app.catalog.add(Vault);
    const channel = {};
    const notifications = { resourceSubscriptions: ['library://vault'] };
    const stream = client.start('subscriptions/listen', { notifications }, { channel });
    const params = { requestId: stream.id };
    app.protocol.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, channel);
    open();
    expect((await stream.response).silent).toBe(true);
    expect(stream.messages).toEqual([]);
  });

  it('tells of several updates as one while it looks whether it may', async () => {
    let reads = 0;
    let open: () => void = () => undefined;
    let closed = Promise.resolve();
    @Resource({ name: 'news', uri: 'library://news' })
    class News {
      async read(): Promise<string> {
        reads++;
        await closed;
        return 'news';
      }
    }
    app.catalog.add(News);
    const stream = await listen({ resourceSubscriptions: ['library://news'] });
    expect(acknowledged(stream)).toEqual({ resourceSubscriptions: ['library://news'] });
    closed = new Promise<void>((resolve) => (open = resolve));
    for (let n = 0; n < 50; n++) app.catalog.resourceUpdated('library://news');
    await until(() => reads === 2);
    open();
    await until(() => stream.messages.length === 3);
    expect(reads).toBe(3);
    stream.hangUp();
    await stream.response;
  });
});
