import {
  Agent,
  type App,
  type BootError,
  type CallContext,
  createApp,
  Injectable,
  type Principal,
  Task,
  type TaskContext,
  Tool,
} from 'perdura';
import { scriptedModel, type ScriptedTurn, testApp } from 'perdura/testing';
import { AgentMemory, memory, type MemoryOptions, MemoryTools } from 'perdura/plugins/memory';
import { checkedConnect as connect } from '../checked-connect.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';
import { type Fields, RawClient2025, RawClient2026 } from '../spec/raw-client.js';

//#region agent
@Agent({
  instructions: 'You are a librarian. Look into your memory first, and keep what will be of use.',
  tools: [MemoryTools],
})
class Librarian {}

@Task({ name: 'advise', description: 'Advises a reader.' })
class Advise {
  async call(_: object, ctx: TaskContext) {
    const { text } = await ctx.agent(Librarian, { prompt: 'What should I read next?' });
    return text;
  }
}
//#endregion

let model = scriptedModel([]);

async function library(options: MemoryOptions): Promise<App> {
  //#region app
  const app = await createApp({
    name: 'library',
    version: '1.0.0',
    use: [Advise, Librarian, memory(options)],
    model,
  });
  //#endregion
  return app;
}

//#region handler
@Injectable()
class Readers {
  constructor(private readonly memory: AgentMemory) {}

  @Tool({ name: 'finish_book', description: 'Notes that a book was read.' })
  async finishBook(_: object, ctx: CallContext) {
    await this.memory.write(ctx, 'books/read.md', '- Emma\n', { append: true });
    return this.memory.read(ctx, 'books/read.md');
  }
}
//#endregion

const ann: Principal = { owner: 'ann', scopes: [] };
const bob: Principal = { owner: 'bob', scopes: [] };
const calls = (name: string, input: Fields = {}): ScriptedTurn => ({ calls: [{ name: `memory.${name}`, input }] });
const note = (path: string, text: string, append?: boolean): ScriptedTurn =>
  calls('write', { path, text, ...(append !== undefined && { append }) });

describe.each(['memory', 'Redis'] as const)('The memory of agents, in %s', (place) => {
  let redis: RedisServer | undefined;
  let prefixes = 0;
  const apps: App[] = [];
  beforeAll(async () => {
    if (place === 'Redis') redis = await RedisServer.start();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });
  afterAll(() => redis?.stop());

  const start = async (turns: readonly ScriptedTurn[] = [], options: MemoryOptions = {}): Promise<App> => {
    model = scriptedModel(turns);
    const app = await library({ ...options, ...(redis && { redis: { url: redis.url, prefix: `m${++prefixes}` } }) });
    apps.push(app);
    return app;
  };
  /** Clients have the tools too. */
  const startTools = async (): Promise<App> => {
    const kept = memory(redis && { redis: { url: redis.url, prefix: `m${++prefixes}` } });
    const app = await createApp({ name: 'library', version: '1.0.0', use: [MemoryTools, kept] });
    apps.push(app);
    return app;
  };
  /** What the tools said to the model. */
  const told = (): unknown[] =>
    (model.requests.at(-1)?.messages ?? []).flatMap(({ content }) =>
      [content].flat().flatMap((block) => (block.type === 'tool_result' ? [block.content] : [])),
    );

  describe.each(['2025-11-25', '2026-07-28'] as const)('on %s', (revision) => {
    it('keeps what they write, for the next conversation of the same user and for nobody else', async () => {
      const app = await start([
        ...[note('taste.md', 'Likes Jane Austen.'), note('books/read.md', '- Emma\n'), 'Read Persuasion.'],
        ...[calls('list'), calls('read', { path: 'taste.md' }), 'Read Sanditon.'],
        ...[calls('list'), calls('read', { path: 'taste.md' }), 'Read anything.'],
      ]);
      const client = await connect(app, { revision, principal: ann });
      await client.runTask('advise');
      expect(await client.runTask('advise')).toMatchObject({ content: [{ text: 'Read Sanditon.' }] });
      expect(JSON.stringify(told())).toContain('Likes Jane Austen.');
      expect(JSON.stringify(told())).toContain('books/read.md');
      const other = await connect(app, { revision, principal: bob });
      await other.runTask('advise');
      expect(JSON.stringify(told())).not.toContain('Austen');
      expect(JSON.stringify(told())).not.toContain('books/read.md');
      await client.close();
    });

    it('is read by its owner as resources', async () => {
      const app = await start([note('taste.md', 'Likes Jane Austen.'), note('a/b.json', '{}'), 'Noted.']);
      const client = await connect(app, { revision, principal: ann });
      await client.runTask('advise');
      const contents = async (uri: string): Promise<Fields> => (await client.readResource(uri)).contents[0] as Fields;
      expect(await contents('memory://taste.md')).toMatchObject({
        ...{ uri: 'memory://taste.md', mimeType: 'text/markdown', text: 'Likes Jane Austen.' },
      });
      const { text, mimeType } = await contents('memory://');
      expect(mimeType).toBe('application/json');
      expect(JSON.parse(text as string)).toMatchObject({
        notes: [
          { uri: 'memory://a/b.json', path: 'a/b.json', mimeType: 'application/json', size: 2 },
          { uri: 'memory://taste.md', size: 18, lastModified: expect.stringMatching(/^\d{4}-.*Z$/) },
        ],
      });
      const argument = { name: 'path', value: 't' };
      const ref = { type: 'ref/resource', uri: 'memory://{+path}' };
      expect(await client.request('completion/complete', { ref, argument })).toMatchObject({
        completion: { values: ['taste.md'] },
      });
      const other = await connect(app, { revision, principal: bob });
      const missing = revision === '2025-11-25' ? -32002 : -32602;
      await expect(other.readResource('memory://taste.md')).rejects.toMatchObject({ code: missing });
      expect((await other.readResource('memory://')).contents).toMatchObject([{ text: '{"notes":[]}' }]);
      expect(await other.request('completion/complete', { ref, argument })).toMatchObject({
        completion: { values: [] },
      });
      await client.close();
    });

    it('tells its owner of what changes in it, and nobody else', async () => {
      const app = await startTools();
      const uris = ['memory://', 'memory://taste.md'];
      const follow = async (principal: Principal): Promise<() => unknown[]> => {
        const told = (messages: readonly { readonly method: string; readonly params?: Fields }[]): unknown[] =>
          messages.flatMap(({ method, params }) =>
            method === 'notifications/resources/updated' ? [params?.['uri']] : [],
          );
        if (revision === '2026-07-28') {
          const client = new RawClient2026(app, { principal });
          const stream = client.start('subscriptions/listen', { notifications: { resourceSubscriptions: uris } });
          await until(() => stream.messages.length > 0);
          return () => told(stream.messages);
        }
        const client = new RawClient2025(app, { principal });
        for (const uri of uris) expect((await client.request('resources/subscribe', { uri })).result).toEqual({});
        return () => told(client.unasked);
      };
      const [ofAnn, ofBob] = [
        await connect(app, { revision, principal: ann }),
        await connect(app, { revision, principal: bob }),
      ];
      // What is not there yet cannot be followed.
      for (const client of [ofAnn, ofBob]) await client.callTool('memory.write', { path: 'taste.md', text: 'Austen' });
      const [annHears, bobHears] = [await follow(ann), await follow(bob)];
      await ofAnn.callTool('memory.write', { path: 'taste.md', text: 'Eliot' });
      await until(() => uris.every((uri) => annHears().includes(uri)));
      await ofBob.callTool('memory.delete', { path: 'taste.md' });
      await until(() => bobHears().length > 0);
      expect(bobHears()).toEqual(['memory://']);
    });
  });

  it('refuses paths that lead anywhere else, by tool and by URI, and says what a path is', async () => {
    const app = await startTools();
    const client = await connect(app, { revision: '2026-07-28', principal: ann });
    const odd = ['', '/', '..', '../bob', 'a/../b', 'a//b', './a', 'a\\b', 'C:a', 'a b', 'a/', '/etc/passwd'];
    for (const path of [...odd, 'x'.repeat(65), 'a/b/c/d/e/f/g/h/i', 'a\0', 'ä']) {
      for (const [tool, more] of Object.entries({ write: { text: 'x' }, read: {}, delete: {} })) {
        const { isError, content } = await client.callTool(`memory.${tool}`, { path, ...more });
        expect([path, isError, content]).toEqual([
          path,
          true,
          [{ type: 'text', text: expect.stringContaining('A path is up to 8 names') }],
        ]);
      }
    }
    expect((await client.readResource('memory://')).contents).toMatchObject([{ text: '{"notes":[]}' }]);
    for (const path of ['..', '../bob', 'a/%2e%2e/b', '..%2fbob', '%2e%2e', 'a%00b'])
      await expect(client.readResource(`memory://${path}`)).rejects.toMatchObject({ code: -32602 });
  });

  it('says to a model which limit it has come to, and keeps what there was', async () => {
    const turns = [note('a', '12345'), note('a', '6', true), note('b', '1'), calls('delete', { path: 'a' }), 'Noted.'];
    const app = await start(turns, { noteBytes: 5, notes: 1 });
    const client = await connect(app, { revision: '2026-07-28', principal: ann });
    await client.runTask('advise');
    const all = JSON.stringify(told());
    expect(all).toContain('A note holds at most 5 bytes');
    expect(all).toContain('There are 1 notes');
    expect(all).toContain('Deleted \\"a\\".');
  });
});

describe('A handler that keeps notes', () => {
  const appOf = () => testApp({ name: 'library', version: '1.0.0', use: [Diary, memory()] });

  @Task({ name: 'diary', description: 'Keeps a diary.' })
  class Diary {
    constructor(private readonly memory: AgentMemory) {}

    async call(_: object, ctx: TaskContext): Promise<string> {
      await this.memory.write(ctx, 'diary', 'one;', { append: true });
      await this.memory.write(ctx, 'diary', 'two;', { append: true });
      const text = await this.memory.read(ctx, 'diary');
      await this.memory.delete(ctx, 'diary');
      return `${String(text)} ${(await this.memory.list(ctx)).length}`;
    }
  }

  it.each([
    ['after', 'memory.write'],
    ['before', 'memory.write'],
    ['before', 'memory.write#2'],
    ['after', 'memory.read'],
    ['before', 'memory.delete'],
    ['after', 'memory.delete'],
  ] as const)('writes nothing twice where its process dies %s %s is recorded', async (when, step) => {
    const app = await appOf();
    if (when === 'after') app.crashAfter(step);
    else app.crashBefore(step);
    const client = await connect(app, { revision: '2026-07-28' });
    expect(await client.runTask('diary')).toMatchObject({ content: [{ text: 'one;two; 0' }] });
    expect(app.crashes).toBe(1);
    await app.close();
  });

  it.each(['2025-11-25', '2026-07-28'] as const)('may be a tool of its own, on %s', async (revision) => {
    const app = await createApp({ name: 'library', version: '1.0.0', use: [Readers, MemoryTools, memory()] });
    const client = await connect(app, { revision });
    await client.callTool('finish_book');
    expect(await client.callTool('finish_book')).toMatchObject({ content: [{ text: '- Emma\n- Emma\n' }] });
    expect((await client.listTools()).map(({ name }) => name)).toContain('memory.write');
    await client.callTool('memory.write', { path: 'a', text: 'b' });
    expect(await client.callTool('memory.read', { path: 'a' })).toMatchObject({ content: [{ text: 'b' }] });
    expect(await client.callTool('memory.read', { path: 'c' })).toMatchObject({ isError: true });
    await client.close();
    await app.close();
  });

  it('needs limits that something fits into', async () => {
    const starting = createApp({ name: 'library', version: '1.0.0', use: [memory({ noteBytes: 0, notes: 1.5 })] });
    const { mistakes } = (await starting.catch((error: unknown) => error)) as BootError;
    expect(mistakes.map(({ code }) => code)).toEqual(['PLUGIN_MISTAKE', 'PLUGIN_MISTAKE']);
  });
});
