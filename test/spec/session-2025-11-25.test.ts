import type { App } from 'perdura';
import { until } from '../fixtures/until.js';
import { hotelApp, Ledger } from './hotel-app.js';
import { accept, ALICE, BOB, EVERYTHING, type Fields, RawClient2025, says, textOf } from './raw-client.js';

describe('a session of 2025-11-25', () => {
  let app: App;
  let ledger: Ledger;

  beforeEach(async () => {
    ledger = new Ledger();
    app = await hotelApp({ providers: [{ provide: Ledger, useValue: ledger }] });
  });
  afterEach(() => app.close());

  // Spec: initialize.same-version, initialize.other-version, initialize.latest-version, session.version
  it.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['1900-01-01', '2025-11-25'],
  ])('for a client that asks for %s agrees on %s', (asked, agreed) => {
    const client = new RawClient2025(app, {}, asked);
    expect(client.initialized.result.protocolVersion).toBe(agreed);
    expect(client.session.state.protocolVersion).toBe(agreed);
  });

  // Spec: initialize.answer, tools.capability, resources.capability, prompts.capability, completion.capability
  // Spec: logging.capability, tasks.capability
  it('says what the server is and can do, and nothing that it cannot', () => {
    const { result } = new RawClient2025(app).initialized;
    expect(result).toMatchObject({ serverInfo: { name: 'hotel', version: '3.0.0' }, instructions: 'Ask at the desk.' });
    expect(result.capabilities).toEqual({
      tools: { listChanged: true },
      resources: { subscribe: true, listChanged: true },
      prompts: { listChanged: true },
      completions: {},
      logging: {},
      tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
    });
  });

  // Spec: tasks.list-unbound
  it('lists tasks only to callers who can be told apart', async () => {
    const unknown = new RawClient2025(app, { headers: true });
    expect(unknown.initialized.result.capabilities.tasks).not.toHaveProperty('list');
    expect((await unknown.request('tasks/list')).error).toMatchObject({ code: -32601 });
    const known = new RawClient2025(app, { headers: true, principal: ALICE });
    expect(known.initialized.result.capabilities.tasks).toHaveProperty('list');
  });

  it.each([
    ['no version', { capabilities: {}, clientInfo: { name: 'a', version: '1' } }],
    ['no capabilities', { protocolVersion: '2025-11-25', clientInfo: { name: 'a', version: '1' } }],
    ['no client', { protocolVersion: '2025-11-25', capabilities: {} }],
    ['a client without a name', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { version: '1' } }],
    ['nothing at all', undefined],
  ])('is not opened by an initialize with %s', (_, params) => {
    const exchange = { principal: ALICE, send: () => undefined, onClose: () => undefined };
    const opened = app.protocol.initialize(
      { jsonrpc: '2.0', id: 1, method: 'initialize', ...(params && { params }) },
      exchange,
    );
    expect(opened.session).toBeUndefined();
    expect(JSON.parse(opened.answer.body)).toMatchObject({ id: 1, error: { code: -32602 } });
  });

  it('keeps a bounded description of its client, and of large icons none', () => {
    const exchange = { principal: ALICE, send: () => undefined, onClose: () => undefined };
    const open = (clientInfo: Fields, capabilities: Fields = {}) =>
      app.protocol.initialize(
        {
          ...({ jsonrpc: '2.0', id: 1, method: 'initialize' } as const),
          params: {
            protocolVersion: '2025-11-25',
            capabilities,
            clientInfo: { name: 'a', version: '1', ...clientInfo },
          },
        },
        exchange,
      );
    const icons = [{ src: `data:image/png;base64,${'A'.repeat(100_000)}` }];
    expect(open({ icons: [{ src: 'https://a.example/icon.png' }] }).session?.state.client.info).toHaveProperty('icons');
    const { session } = open({ icons, title: 'A' }, { roots: {} });
    expect(session?.state.client).toEqual({
      info: { name: 'a', version: '1', title: 'A' },
      capabilities: { roots: {} },
    });
    const large = 'x'.repeat(20_000);
    for (const refused of [open({ title: large }), open({}, { experimental: { [large]: {} } })]) {
      expect(refused.session).toBeUndefined();
      expect(JSON.parse(refused.answer.body)).toMatchObject({ error: { code: -32602 } });
    }
  });

  // Spec: ping.answered
  it('answers ping with nothing', async () => {
    expect((await new RawClient2025(app).request('ping')).result).toEqual({});
  });

  it('answers every error with 200, for 404 would end the session', async () => {
    expect(await new RawClient2025(app).request('server/discover')).toMatchObject({
      status: 200,
      error: { code: -32601 },
    });
  });

  it('lists tools with what this revision knows, and sends results that it can carry', async () => {
    const client = new RawClient2025(app);
    const { tools } = (await client.request('tools/list')).result as { tools: Fields[] };
    const tool = (name: string): Fields => tools.find((entry) => entry['name'] === name) as Fields;
    expect(tool('cook')['execution']).toEqual({ taskSupport: 'optional' });
    expect(tool('burn')['execution']).toEqual({ taskSupport: 'required' });
    expect(tool('book')).not.toHaveProperty('execution');
    expect(tool('bells')).not.toHaveProperty('outputSchema');
    expect((await client.request('tools/call', { name: 'bells' })).result).not.toHaveProperty('structuredContent');
  });

  // Spec: logging.invalid-level
  it('brings log messages of the level that the client set, and at first of info and above', async () => {
    const client = new RawClient2025(app);
    const levels = async (): Promise<unknown[]> => {
      const call = client.start('tools/call', { name: 'tell' });
      await call.response;
      return call.messages
        .filter(({ method }) => method === 'notifications/message')
        .map(({ params }) => params?.['level']);
    };
    expect(await levels()).toEqual(['info', 'error']);
    expect((await client.request('logging/setLevel', { level: 'debug' })).result).toEqual({});
    expect(await levels()).toEqual(['debug', 'info', 'error']);
    expect((await client.request('logging/setLevel', { level: 'alert' })).result).toEqual({});
    expect(await levels()).toEqual([]);
    expect((await client.request('logging/setLevel', { level: 'loud' }, { broken: true })).error).toMatchObject({
      code: -32602,
    });
  });

  // Spec: progress.stops, progress.tracked
  it('hears nothing more of a call that has its result', async () => {
    const call = new RawClient2025(app).start('tools/call', { name: 'linger' }, { meta: { progressToken: 1 } });
    expect(textOf(await call.response)).toBe('gone');
    await until(() => ledger.entries.includes('lingered'));
    expect(call.messages).toEqual([]);
  });

  // Spec: cancel.stops, cancel.no-response, cancel.ignored, cancel.races, roots.changed
  it('ends a call that the client cancelled without an answer, and ignores cancellations of others', async () => {
    const client = new RawClient2025(app);
    const call = client.start('tools/call', { name: 'hang' });
    void client.session.receive({ jsonrpc: '2.0', method: 'notifications/cancelled' }, client.principal);
    client.notify('notifications/cancelled', { requestId: 999 });
    client.notify('notifications/cancelled', { requestId: String(call.id) });
    client.notify('notifications/roots/list_changed');
    await until(() => ledger.entries.includes('hanging'));
    expect(ledger.entries).not.toContain('aborted');
    client.notify('notifications/cancelled', { requestId: call.id });
    expect((await call.response).silent).toBe(true);
    expect(ledger.entries).toContain('aborted');
  });

  // Spec: http.disconnect
  it('goes on with a call whose connection was lost', async () => {
    const client = new RawClient2025(app);
    const call = client.start('tools/call', { name: 'hang' });
    call.hangUp();
    await until(() => ledger.entries.includes('hanging'));
    expect(ledger.entries).not.toContain('aborted');
    client.session.close();
    expect((await call.response).silent).toBe(true);
  });

  // Spec: messages.server-id-reused
  it('asks on the stream of the call, one question after the other', async () => {
    const client = new RawClient2025(app);
    client.answer = ({ params }) => accept(params?.['message'] === 'Who are you?' ? { name: 'Ada' } : { dish: 'soup' });
    const call = client.start('tools/call', { name: 'check_in' });
    expect(textOf(await call.response)).toBe('Ada has key 7 and soup');
    expect(call.messages.map((message) => 'id' in message && message.method)).toEqual([
      'elicitation/create',
      'elicitation/create',
    ]);
    expect(new Set(call.messages.map((message) => 'id' in message && message.id)).size).toBe(2);
  });

  it('lets an agent take its turns on the stream of the call', async () => {
    const client = new RawClient2025(app);
    const turns: Fields[] = [
      {
        role: 'assistant',
        model: 'm',
        stopReason: 'toolUse',
        content: [{ type: 'tool_use', id: 'u1', name: 'book', input: { wing: 'east' } }],
      },
      says('It is booked.'),
    ];
    client.answer = () => turns.shift();
    expect(textOf(await client.request('tools/call', { name: 'delegate' }))).toBe('It is booked. in 2 turns');
  });

  it('asks for prompts and for resources too', async () => {
    const client = new RawClient2025(app);
    client.answer = () => accept({ name: 'Ada' });
    expect((await client.request('prompts/get', { name: 'toast' })).result.messages[0].content.text).toBe('To Ada!');
    expect((await client.request('resources/read', { uri: 'hotel://bill' })).result.contents[0].text).toBe(
      'The bill of Ada',
    );
  });

  // Spec: session.capabilities, session.errors, elicit.modes, sampling.tools
  it.each([
    ['check_in', {}],
    ['check_in', { elicitation: { url: {} } }],
    ['advise', { elicitation: {} }],
    ['delegate', { sampling: {} }],
  ])('asks nothing of a client that did not declare it: %s with %j', async (name, capabilities) => {
    const client = new RawClient2025(app, { capabilities });
    const call = client.start('tools/call', { name });
    expect((await call.response).result.isError).toBe(true);
    expect(call.messages).toEqual([]);
  });

  it('tells the model where the client could not answer', async () => {
    const client = new RawClient2025(app);
    const call = client.start('tools/call', { name: 'advise' });
    await until(() => call.messages.length === 1);
    client.respond((call.messages[0] as { id: string }).id, { error: { code: -1, message: 'The user rejected it.' } });
    const response = await call.response;
    expect(response.result.isError).toBe(true);
    expect(textOf(response)).toContain('The user rejected it.');
  });

  // Spec: elicit.bound
  it('ignores responses to nothing that it asked, and second ones', async () => {
    const client = new RawClient2025(app);
    const call = client.start('tools/call', { name: 'check_in' });
    await until(() => call.messages.length === 1);
    const { id } = call.messages[0] as { id: string };
    for (const unheard of ['s.999', 's.', 't.no-such-task.key.nonce', 't.', 1, 'x'])
      client.respond(unheard, { result: accept({ name: 'Eve' }) });
    client.respond(id, { result: accept({ name: 'Ada' }) });
    client.respond(id, { result: accept({ name: 'Eve' }) });
    await until(() => call.messages.length === 2);
    expect(call.messages[1]?.params?.['message']).toBe('What shall it be, Ada?');
    client.session.close();
    await call.response;
  });

  // Spec: elicit.bound, elicit.state-user, elicit.state-protected, elicit.state-session
  it('takes neither answers nor cancellations from another caller', async () => {
    const client = new RawClient2025(app, { principal: ALICE });
    const call = client.start('tools/call', { name: 'check_in' });
    await until(() => call.messages.length === 1);
    const { id } = call.messages[0] as { id: string };
    void client.session.receive({ jsonrpc: '2.0', id, result: accept({ name: 'Eve' }) }, BOB);
    const params = { requestId: call.id };
    void client.session.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, BOB);
    client.answer = () => accept({ dish: 'soup' });
    client.respond(id, { result: accept({ name: 'Ada' }) });
    expect(textOf(await call.response)).toBe('Ada has key 7 and soup');
  });

  // Spec: timeouts.of-requests, timeouts.configurable, timeouts.cancelled, cancel.request-id, cancel.ignore-late
  // Spec: session.errors
  it('takes its question back when it is too late for an answer', async () => {
    const client = new RawClient2025(app);
    const call = client.start('tools/call', { name: 'hurry' });
    const response = await call.response;
    expect(response.result.isError).toBe(true);
    expect(textOf(response)).toContain('Quick, who are you?');
    const [question, withdrawal] = call.messages as [{ id: string }, unknown];
    expect(withdrawal).toMatchObject({ method: 'notifications/cancelled', params: { requestId: question.id } });
    client.respond(question.id, { result: accept({ name: 'Ada' }) });
  });

  it('lets a call sleep', async () => {
    expect(textOf(await new RawClient2025(app).request('tools/call', { name: 'nap' }))).toBe('awake');
  });

  // Spec: cancel.own-requests, cancel.request-id
  it('takes its question back when the call is cancelled', async () => {
    const client = new RawClient2025(app, { capabilities: EVERYTHING });
    const call = client.start('tools/call', { name: 'check_in' });
    await until(() => call.messages.length === 1);
    client.notify('notifications/cancelled', { requestId: call.id });
    expect((await call.response).silent).toBe(true);
    const { id } = call.messages[0] as { id: string };
    expect(call.messages[1]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: id } });
  });
});
