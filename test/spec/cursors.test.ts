import { type App, type Class, createApp, Prompt, Resource, Tool } from 'perdura';
import type { TestClient } from 'perdura/testing';
import { checkedConnect as connect } from '../checked-connect.js';

/** A tool, a prompt, a resource and a template of each name. */
function classOf(name: string): Class {
  class Thing {
    @Tool({ name, description: name })
    tool(): string {
      return name;
    }

    @Prompt({ name, description: name })
    prompt(): string {
      return name;
    }

    @Resource({ name, uri: `thing://${name}` })
    resource(): string {
      return name;
    }

    @Resource({ name: `${name}-part`, uriTemplate: `thing://${name}/{part}` })
    template(): string {
      return name;
    }
  }
  return Thing;
}

const NAMES = ['ant', 'bee', 'cat', 'dog', 'emu'];
const things = NAMES.map(classOf);

describe.each(['2025-11-25', '2026-07-28'] as const)('Cursors of lists on %s', (revision) => {
  const apps: App[] = [];
  const start = async (key: string, use = things): Promise<App> => {
    const app = await createApp({
      name: 'zoo',
      version: '1',
      use,
      limits: { pageSize: 2 },
      stateKeys: [key.repeat(32)],
    });
    apps.push(app);
    return app;
  };
  const client = (app: App, owner = 'ann'): Promise<TestClient> =>
    connect(app, { revision, principal: { owner, scopes: [] } });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });

  const LISTS = [
    ['tools/list', 'tools', ''],
    ['prompts/list', 'prompts', ''],
    ['resources/list', 'resources', ''],
    ['resources/templates/list', 'resourceTemplates', '-part'],
  ] as const;
  const namesIn = (page: Readonly<Record<string, unknown>>, field: string): string[] =>
    (page[field] as { name: string }[]).map(({ name }) => name);

  // Spec: pagination.stable
  it.each(LISTS)(
    'go on with %s in another process, for another caller, with what was on no page before',
    async (method, field, end) => {
      const [one, other] = [await client(await start('k')), await client(await start('k'), 'bob')];
      const first = await one.request(method, {});
      const again = { cursor: first['nextCursor'] };
      const [second, elsewhere] = [await one.request(method, again), await other.request(method, again)];
      expect(namesIn(first, field)).toEqual(['ant', 'bee'].map((name) => name + end));
      expect([namesIn(second, field), namesIn(elsewhere, field)]).toEqual(
        [
          ['cat', 'dog'],
          ['cat', 'dog'],
        ].map((page) => page.map((name) => name + end)),
      );
      const last = await other.request(method, { cursor: second['nextCursor'] });
      expect([namesIn(last, field), last['nextCursor']]).toEqual([[`emu${end}`], undefined]);
    },
  );

  // Spec: pagination.error, pagination.invalid
  it('are refused by any other list, by an app with other keys, and in the clear', async () => {
    const [one, stranger] = [await client(await start('k')), await client(await start('o'))];
    const { nextCursor } = await one.request('tools/list', {});
    const refused = { code: -32602, message: 'Invalid cursor' };
    for (const method of ['prompts/list', 'resources/list', 'resources/templates/list'])
      await expect(one.request(method, { cursor: nextCursor })).rejects.toMatchObject(refused);
    await expect(stranger.request('tools/list', { cursor: nextCursor })).rejects.toMatchObject(refused);
    for (const cursor of ['', 'tools:2', Buffer.from('tools:2').toString('base64url'), `${String(nextCursor)}A`])
      await expect(one.request('tools/list', { cursor })).rejects.toMatchObject(refused);
    expect(Buffer.from(String(nextCursor).split('.')[2] ?? '', 'base64url').toString('latin1')).not.toContain('bee');
  });

  it('repeat nothing and miss nothing where entries are switched off and on while pages are turned', async () => {
    const app = await start('k');
    const one = await client(app);
    await app.catalog.disable('tool', 'emu');
    const first = await one.request('tools/list', {});
    await app.catalog.disable('tool', 'ant');
    await app.catalog.disable('tool', 'bee');
    await app.catalog.enable('tool', 'emu');
    const second = await one.request('tools/list', { cursor: first['nextCursor'] });
    expect(namesIn(second, 'tools')).toEqual(['cat', 'dog']);
    await app.catalog.enable('tool', 'ant');
    await app.catalog.disable('tool', 'dog');
    const third = await one.request('tools/list', { cursor: second['nextCursor'] });
    expect([namesIn(third, 'tools'), third['nextCursor']]).toEqual([['emu'], undefined]);
  });

  it('stand where they stood when classes are added and removed', async () => {
    const app = await start('k');
    const one = await client(app);
    const { nextCursor: cursor } = await one.request('tools/list', {});
    app.catalog.remove(things[1] as Class);
    app.catalog.add(classOf('fox'));
    const second = await one.request('tools/list', { cursor });
    expect(namesIn(second, 'tools')).toEqual(['cat', 'dog']);
    expect(namesIn(await one.request('tools/list', { cursor: second['nextCursor'] }), 'tools')).toEqual(['emu', 'fox']);
    app.catalog.remove(things[2] as Class);
    // Nothing is left of what it stood between.
    await expect(one.request('tools/list', { cursor })).rejects.toMatchObject({ code: -32602 });
  });
});
