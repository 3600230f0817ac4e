import { type App, type CallContext, Resource, Tool } from 'perdura';
import { hotelApp } from './hotel-app.js';
import { type Fields, META, RawClient2025, RawClient2026, textOf } from './raw-client.js';

@Tool({ name: 'careless', description: 'Logs whatever it holds.' })
class Careless {
  call(_: unknown, ctx: CallContext): string {
    const cycle: Fields = { room: 7 };
    cycle['self'] = cycle;
    const broken = {
      toJSON: () => {
        throw new Error('secret');
      },
    };
    const cause = Object.assign(new TypeError('no room'), { code: 'FULL', toJSON: () => ({ password: 'hunter2' }) });
    const failed = { failed: new Error('cannot book', { cause }), tried: new Set([1, 2]), by: new Map([['a', cause]]) };
    for (const data of [cycle, { big: 9n }, () => 7, broken, { room: 7 }, failed]) ctx.log.info(data);
    return 'done';
  }
}

@Resource({
  name: 'up',
  uriTemplate: 'up://{id}',
  complete: {
    id: () => {
      throw Object.assign(new Error('password hunter2'), { name: 'ProtocolError', code: -31000 });
    },
  },
})
class Upstream {
  read({ id }: { id: string }): string {
    return id;
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)('what both revisions share, on %s', (revision) => {
  let app: App;
  let client: RawClient2025 | RawClient2026;

  beforeAll(async () => {
    app = await hotelApp({ limits: { pageSize: 4 } });
    client = revision === '2025-11-25' ? new RawClient2025(app) : new RawClient2026(app);
  });
  afterAll(() => app.close());

  // Spec: tools.list, tools.order, prompts.list, resources.list
  it.each([
    ['tools/list', 'tools', ['book', 'check_in', 'survey', 'advise', 'delegate']],
    ['prompts/list', 'prompts', ['greet', 'toast']],
    ['resources/list', 'resources', ['menu', 'bill']],
    ['resources/templates/list', 'resourceTemplates', ['room']],
  ])('%s gives every entry in the order of use, over all of its pages', async (method, field, names) => {
    const entries: Fields[] = [];
    let cursor: unknown;
    do {
      const { result } = await client.request(method, cursor === undefined ? undefined : { cursor });
      expect(result[field].length).toBeLessThanOrEqual(4);
      entries.push(...(result[field] as Fields[]));
      cursor = result.nextCursor;
    } while (cursor !== undefined);
    expect(entries.map(({ name }) => name).slice(0, names.length)).toEqual(names);
  });

  // Spec: pagination.stable
  it('gives the same page for the same cursor', async () => {
    const cursor = (await client.request('tools/list')).result.nextCursor as string;
    const page = await client.request('tools/list', { cursor });
    expect((await client.request('tools/list', { cursor })).result).toEqual(page.result);
  });

  // Spec: pagination.error, pagination.invalid, prompts.unknown, prompts.missing-arguments, prompts.validate
  // Spec: prompts.injection, completion.unknown
  it.each([
    ['an unknown tool', 'tools/call', { name: 'fly' }, -32602],
    ['a tool that has the name of an inherited member', 'tools/call', { name: 'constructor' }, -32602],
    ['an unknown prompt', 'prompts/get', { name: 'fly' }, -32602],
    ['a prompt whose arguments do not fit', 'prompts/get', { name: 'greet', arguments: { language: 'de' } }, -32602],
    ['a prompt without its arguments', 'prompts/get', { name: 'greet' }, -32602],
    ['a cursor that was never given', 'tools/list', { cursor: 'made-up' }, -32602],
    ['an empty cursor', 'tools/list', { cursor: '' }, -32602],
    [
      'a completion for an unknown prompt',
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'fly' }, argument: { name: 'a', value: '' } },
      -32602,
    ],
    [
      'a completion for an unknown template',
      'completion/complete',
      { ref: { type: 'ref/resource', uri: 'no://{x}' }, argument: { name: 'a', value: '' } },
      -32602,
    ],
    ['an unknown method', 'tools/fly', {}, -32601],
    ['a method with the name of an inherited member', 'constructor', {}, -32601],
    ['a subscription to a resource, which is not offered', 'resources/unheard', { uri: 'hotel://menu' }, -32601],
  ])('refuses %s', async (_, method, params, code) => {
    expect((await client.request(method, params)).error).toMatchObject({ code });
  });

  // Spec: completion.missing, completion.validate, completion.validate-input, progress.token
  it.each([
    ['a call without a name', 'tools/call', {}],
    ['a call whose name is a number', 'tools/call', { name: 1 }],
    ['arguments by position', 'tools/call', { name: 'book', arguments: ['east'] }],
    ['null arguments', 'tools/call', { name: 'book', arguments: null }],
    ['a resource without a URI', 'resources/read', {}],
    ['a prompt argument that is no string', 'prompts/get', { name: 'greet', arguments: { language: 1 } }],
    ['a progress token that is an object', 'tools/call', { name: 'book', _meta: { progressToken: {} } }],
    ['a completion without an argument', 'completion/complete', { ref: { type: 'ref/prompt', name: 'greet' } }],
    [
      'a completion whose context is a list',
      'completion/complete',
      { ref: { type: 'ref/prompt', name: 'greet' }, argument: { name: 'language', value: '' }, context: [] },
    ],
    ['a completion without a reference', 'completion/complete', { argument: { name: 'language', value: '' } }],
    ['a task without its id', 'tasks/get', {}],
    ['a cancellation of a task whose id is a number', 'tasks/cancel', { taskId: 1 }],
  ])('refuses %s as invalid params', async (_, method, params) => {
    expect((await client.request(method, params, { broken: true })).error).toMatchObject({ code: -32602 });
  });

  // Spec: tools.validate-input, tools.errors-in-result
  it('tells a model of arguments that do not fit, in a result', async () => {
    const response = await client.request('tools/call', { name: 'book', arguments: { wing: 5 } });
    expect(response.result.isError).toBe(true);
    expect(textOf(response)).toContain('wing');
  });

  it('calls a tool', async () => {
    expect(textOf(await client.request('tools/call', { name: 'book', arguments: { wing: 'east', floor: 3 } }))).toBe(
      'east-3',
    );
  });

  it('shows nothing of an error that was not meant for the client', async () => {
    const reported: unknown[] = [];
    const telling = await hotelApp({ report: (error) => reported.push(error) });
    const caller = revision === '2025-11-25' ? new RawClient2025(telling) : new RawClient2026(telling);
    const response = await caller.request('tools/call', { name: 'leak' });
    expect(JSON.stringify(response)).not.toMatch(/hunter2|srv/);
    expect(reported).toEqual([expect.objectContaining({ message: expect.stringContaining('hunter2') })]);
    await telling.close();
  });

  it('reads a fixed resource and one of a template', async () => {
    expect((await client.request('resources/read', { uri: 'hotel://menu' })).result.contents).toEqual([
      { uri: 'hotel://menu', mimeType: 'text/plain', text: 'soup, salad' },
    ]);
    const room = await client.request('resources/read', { uri: 'hotel://room/12' });
    expect(room.result.contents[0]).toMatchObject({ uri: 'hotel://room/12', text: 'Room 12' });
  });

  // Spec: resources.not-found-2025, resources.not-found-2026, resources.empty-contents
  it.each(['hotel://nothing', 'hotel://room/13', `hotel://room/${'x'.repeat(2050)}`])(
    'has the code of its revision for a resource that does not exist: %p',
    async (uri) => {
      const { error } = await client.request('resources/read', { uri });
      expect(error?.code).toBe(revision === '2025-11-25' ? -32002 : -32602);
      if (uri === 'hotel://nothing') expect(error?.data).toEqual({ uri });
    },
  );

  it('gets a prompt', async () => {
    const { result } = await client.request('prompts/get', { name: 'greet', arguments: { language: 'la' } });
    expect(result.messages).toEqual([{ role: 'user', content: { type: 'text', text: 'Salve!' } }]);
  });

  // Spec: completion.order, completion.disclosure
  it.each([
    ['the values of an enumeration', { type: 'ref/prompt', name: 'greet' }, 'language', 'l', ['la'], 1, false],
    ['nothing where there is no such argument', { type: 'ref/prompt', name: 'greet' }, 'toString', '', [], 0, false],
    [
      'a variable of a template',
      { type: 'ref/resource', uri: 'hotel://room/{number}' },
      'number',
      '11',
      ['11', '110'],
      11,
      false,
    ],
    [
      'a variable of a URI that a template covers',
      { type: 'ref/resource', uri: 'hotel://room/7' },
      'number',
      '119',
      ['119'],
      1,
      false,
    ],
    [
      'at most 100 values, and says how many there are',
      { type: 'ref/resource', uri: 'hotel://room/{number}' },
      'number',
      '',
      ['0'],
      120,
      true,
    ],
  ])('completes %s', async (_, ref, name, value, first, total, hasMore) => {
    const { result } = await client.request('completion/complete', { ref, argument: { name, value } });
    expect(result.completion).toMatchObject({ total, hasMore });
    expect(result.completion.values.slice(0, first.length)).toEqual(first);
    expect(result.completion.values.length).toBeLessThanOrEqual(100);
  });

  // Spec: progress.increases, progress.message, progress.active
  it('reports progress to who gave a token, always more than before, and to nobody else', async () => {
    const asked = client.start('tools/call', { name: 'tell' }, { meta: { progressToken: 'p' } });
    await asked.response;
    const progress = asked.messages.filter(({ method }) => method === 'notifications/progress');
    expect(progress.map(({ params }) => params)).toEqual(
      [0, 50, 100].map((done) => ({ progressToken: 'p', progress: done, total: 100, message: `at ${done}` })),
    );
    const unasked = client.start('tools/call', { name: 'tell' });
    await unasked.response;
    expect(unasked.messages.filter(({ method }) => method === 'notifications/progress')).toEqual([]);
  });

  // Spec: logging.context, logging.validate
  it('logs what JSON can carry of anything, so that no log message ends the call that it tells of', async () => {
    const careless = await hotelApp({ use: [Careless] });
    const meta = { [`${META}logLevel`]: 'info' };
    const call =
      revision === '2025-11-25'
        ? new RawClient2025(careless).start('tools/call', { name: 'careless' })
        : new RawClient2026(careless).start('tools/call', { name: 'careless' }, { meta });
    expect(textOf(await call.response)).toBe('done');
    const full = { name: 'TypeError', message: 'no room', code: 'FULL' };
    expect(call.messages.map(({ params }) => params?.['data'])).toEqual([
      ...[{ room: 7, self: '(seen before)' }, { big: '9' }, null, '(not JSON)', { room: 7 }],
      // Errors without their stacks, and without what they would tell of themselves.
      {
        failed: { name: 'Error', message: 'cannot book', cause: full },
        ...{ tried: [1, 2], by: { a: full } },
      },
    ]);
    await careless.close();
  });

  // Spec: completion.internal
  it("says nothing of what another library calls a protocol error: an upstream server's words are not ours", async () => {
    const app = await hotelApp({ use: [Upstream] });
    const caller = revision === '2025-11-25' ? new RawClient2025(app) : new RawClient2026(app);
    const argument = { name: 'id', value: '' };
    const { error } = await caller.request('completion/complete', {
      ref: { type: 'ref/resource', uri: 'up://{id}' },
      argument,
    });
    expect(error).toMatchObject({ code: -32603, message: expect.stringMatching(/^Internal error/) });
    await app.close();
  });

  // Spec: tools.capability, resources.capability, prompts.capability, completion.capability, completion.not-offered
  // Spec: tasks.capability-absent
  it('has no methods, and declares no capabilities, for what the app has none of', async () => {
    const bare = await hotelApp({ use: [] });
    const caller = revision === '2025-11-25' ? new RawClient2025(bare) : new RawClient2026(bare);
    const hello = caller instanceof RawClient2025 ? caller.initialized : await caller.request('server/discover');
    expect(hello.result.capabilities).toEqual({ logging: {} });
    for (const method of ['tools/list', 'resources/list', 'prompts/list', 'tasks/get', 'completion/complete']) {
      expect((await caller.request(method, {}, { broken: true })).error).toMatchObject({ code: -32601 });
    }
    await bare.close();
  });
});
