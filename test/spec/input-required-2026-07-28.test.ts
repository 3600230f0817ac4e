import type { App } from 'perdura';
import { until } from '../fixtures/until.js';
import { hotelApp, Ledger } from './hotel-app.js';
import { accept, ALICE, BOB, EVERYTHING, type Fields, RawClient2026, says, textOf } from './raw-client.js';

const KEY = 'a key that only this server knows!';

describe('a call that must ask, on 2026-07-28', () => {
  let app: App;
  let ledger: Ledger;
  let client: RawClient2026;

  beforeEach(async () => {
    ledger = new Ledger();
    app = await hotelApp({ providers: [{ provide: Ledger, useValue: ledger }], stateKeys: [KEY] });
    client = new RawClient2026(app, { principal: ALICE });
  });
  afterEach(() => app.close());

  const askedBy = (response: { readonly result?: Fields }): Record<string, Fields> =>
    response.result?.['inputRequests'] as Record<string, Fields>;
  const onlyKey = (questions: Record<string, Fields>): string => {
    expect(Object.keys(questions)).toHaveLength(1);
    return Object.keys(questions)[0] as string;
  };

  // Spec: rounds.embedded, rounds.content, rounds.kinds
  it('asks round after round and repeats nothing that it did', async () => {
    const replies: Record<string, Fields> = {
      'Who are you?': accept({ name: 'Ada' }),
      'What shall it be, Ada?': accept({ dish: 'soup' }),
    };
    const rounds = await client.converse(
      'tools/call',
      { name: 'check_in' },
      (_, { params }) => replies[(params as { message: string }).message],
    );
    expect(rounds).toHaveLength(3);
    expect(textOf(rounds[2] as never)).toBe('Ada has key 7 and soup');
    expect(ledger.entries).toHaveLength(1);
  });

  it('gives a different state each round, and no questions that were answered', async () => {
    const [first, second] = await client.converse('tools/call', { name: 'check_in' }, (_, { params }) =>
      (params as { message: string }).message === 'Who are you?' ? accept({ name: 'Ada' }) : { action: 'decline' },
    );
    expect(first?.result.requestState).not.toBe(second?.result.requestState);
    expect(onlyKey(first?.result.inputRequests)).not.toBe(onlyKey(second?.result.inputRequests));
  });

  // Spec: stateless.affinity, rounds.no-retry, stateless.handles
  it('goes on in another process that has the same key', async () => {
    const first = await client.request('tools/call', { name: 'check_in' });
    const elsewhere = await hotelApp({ stateKeys: ['another key, which seals from now on', KEY] });
    const inputResponses = { [onlyKey(askedBy(first))]: accept({ name: 'Ada' }) };
    const { requestState } = first.result;
    const second = await new RawClient2026(elsewhere, { principal: ALICE }).request('tools/call', {
      name: 'check_in',
      inputResponses,
      requestState,
    });
    expect(JSON.stringify(askedBy(second))).toContain('What shall it be, Ada?');
    await elsewhere.close();
  });

  // Spec: rounds.keys
  it('asks all that it can at once, and keeps the answers that came', async () => {
    const first = await client.request('tools/call', { name: 'survey' });
    const keys = Object.keys(askedBy(first));
    expect(keys).toHaveLength(2);
    const guest = keys.find((key) => JSON.stringify(askedBy(first)[key]).includes('Guest')) as string;
    const second = await client.request('tools/call', {
      name: 'survey',
      inputResponses: { [guest]: accept({ name: 'Ada' }) },
      requestState: first.result.requestState,
    });
    expect(Object.keys(askedBy(second))).toEqual(keys.filter((key) => key !== guest));
    const third = await client.request('tools/call', {
      name: 'survey',
      inputResponses: { [onlyKey(askedBy(second))]: accept({ dish: 'salad' }) },
      requestState: second.result.requestState,
    });
    expect(JSON.parse(textOf(third))).toEqual([{ name: 'Ada' }, { dish: 'salad' }]);
  });

  // Spec: rounds.missing, rounds.valid, elicit.validated
  it.each<[string, (key: string) => Fields]>([
    ['no answer came', () => ({})],
    ['another question was answered', () => ({ other: accept({ name: 'Ada' }) })],
    ['the answer does not fit the form', (key) => ({ [key]: accept({ name: 'A' }) })],
    ['the answer has no content', (key) => ({ [key]: { action: 'accept' } })],
    ['the answer is of another kind', (key) => ({ [key]: says('Ada') })],
    ['the answer is null', (key) => ({ [key]: null })],
  ])('asks the same again where %s', async (_, answers) => {
    const first = await client.request('tools/call', { name: 'check_in' });
    const inputResponses = answers(onlyKey(askedBy(first)));
    const { requestState } = first.result;
    const second = await client.request(
      'tools/call',
      { name: 'check_in', inputResponses, requestState },
      { broken: true },
    );
    expect(askedBy(second)).toEqual(askedBy(first));
  });

  it('takes no answer for a question that is not the one that was asked', async () => {
    const first = await client.request('tools/call', { name: 'fickle' });
    const inputResponses = { [onlyKey(askedBy(first))]: accept({ name: 'Ada' }) };
    const { requestState } = first.result as { requestState: string };
    const second = await client.request('tools/call', { name: 'fickle', inputResponses, requestState });
    expect(JSON.stringify(askedBy(second))).toContain('Delete file 2?');
  });

  it('is the same call in every round', async () => {
    const rounds = await client.converse('tools/call', { name: 'badge' }, () => accept({ name: 'Ada' }));
    expect(rounds).toHaveLength(2);
    expect(JSON.stringify(rounds[0])).toContain(`Badge ${textOf(rounds[1] as never)}?`);
  });

  it('remembers an answer once', async () => {
    const rounds = await client.converse('tools/call', { name: 'ponder' }, (_, { method }) =>
      method === 'sampling/createMessage' ? says('x'.repeat(150_000)) : accept({ name: 'Ada' }),
    );
    expect(textOf(rounds[2] as never)).toBe('Ada');
  });

  // Spec: rounds.unexpected
  it('ignores answers to nothing that it asked', async () => {
    const first = await client.request('tools/call', { name: 'check_in' });
    const inputResponses = {
      [onlyKey(askedBy(first))]: accept({ name: 'Ada' }),
      constructor: accept({}),
      other: accept({}),
    };
    const second = await client.request('tools/call', {
      name: 'check_in',
      inputResponses,
      requestState: first.result.requestState,
    });
    expect(JSON.stringify(askedBy(second))).toContain('What shall it be, Ada?');
  });

  it('takes no answer from a client that has no state', async () => {
    const key = onlyKey(askedBy(await client.request('tools/call', { name: 'check_in' })));
    const again = await client.request('tools/call', {
      name: 'check_in',
      inputResponses: { [key]: accept({ name: 'Ada' }) },
    });
    expect(onlyKey(askedBy(again))).toBe(key);
  });

  // Spec: elicit.refused, elicit.assumed
  it('tells the model that the user declined', async () => {
    const rounds = await client.converse('tools/call', { name: 'check_in' }, () => ({ action: 'decline' }));
    expect(rounds.at(-1)?.result.isError).toBe(true);
  });

  // Spec: rounds.untrusted, rounds.integrity, rounds.rejected, rounds.principal, rounds.request, rounds.validated
  // Spec: elicit.state-user, elicit.state-protected, elicit.bound
  it.each<[string, (state: string) => [RawClient2026, string, Fields]]>([
    [
      'of another caller',
      (requestState) => [new RawClient2026(app, { principal: BOB }), 'tools/call', { name: 'check_in', requestState }],
    ],
    ['of another tool', (requestState) => [client, 'tools/call', { name: 'survey', requestState }]],
    [
      'of other arguments',
      (requestState) => [client, 'tools/call', { name: 'check_in', arguments: { a: 1 }, requestState }],
    ],
    ['of another method', (requestState) => [client, 'prompts/get', { name: 'toast', requestState }]],
    [
      'that was changed',
      (requestState) => [client, 'tools/call', { name: 'check_in', requestState: `${requestState}A` }],
    ],
    ['that is forged', () => [client, 'tools/call', { name: 'check_in', requestState: '{"admin":true}' }]],
    ['that is empty', () => [client, 'tools/call', { name: 'check_in', requestState: '' }]],
  ])('refuses a state %s', async (_, attempt) => {
    const { requestState } = (await client.request('tools/call', { name: 'check_in' })).result as {
      requestState: string;
    };
    const [caller, method, params] = attempt(requestState);
    expect((await caller.request(method, params)).error).toMatchObject({ code: -32602 });
  });

  // Spec: rounds.errors
  it.each([
    ['a state that is a number', { requestState: 5 }],
    ['answers in a list', { inputResponses: [] }],
  ])('refuses %s', async (_, broken) => {
    const { requestState } = (await client.request('tools/call', { name: 'check_in' })).result as {
      requestState: string;
    };
    const response = await client.request(
      'tools/call',
      { name: 'check_in', requestState, ...broken },
      { broken: true },
    );
    expect(response.error).toMatchObject({ code: -32602 });
  });

  // Spec: meta.undeclared, meta.missing-capability, meta.missing-capability-status, rounds.undeclared, elicit.modes
  // Spec: sampling.tools, messages.defined-codes
  it.each([
    ['check_in', {}, { elicitation: { form: {} } }],
    ['check_in', { elicitation: { url: {} } }, { elicitation: { form: {} } }],
    ['advise', { elicitation: {} }, { sampling: {} }],
    ['delegate', { sampling: {} }, { sampling: { tools: {} } }],
  ])(
    'is refused with 400 and -32021 where %s is called by a client that declares %j',
    async (name, capabilities, requiredCapabilities) => {
      const response = await client.request('tools/call', { name }, { capabilities });
      expect(response).toMatchObject({ status: 400, error: { code: -32021, data: { requiredCapabilities } } });
    },
  );

  it('counts a client that names no mode as one that has forms', async () => {
    const response = await client.request('tools/call', { name: 'check_in' }, { capabilities: { elicitation: {} } });
    expect(response.result.resultType).toBe('input_required');
  });

  it("asks the client's model", async () => {
    const rounds = await client.converse('tools/call', { name: 'advise' }, () => says('Take the stairs.'));
    expect(rounds).toHaveLength(2);
    expect(textOf(rounds[1] as never)).toBe('Take the stairs.');
  });

  it('lets an agent take its turns, one round each', async () => {
    const turns = [
      {
        role: 'assistant',
        model: 'm',
        stopReason: 'toolUse',
        content: [{ type: 'tool_use', id: 'u1', name: 'book', input: { wing: 'east' } }],
      },
      says('It is booked.'),
    ];
    const rounds = await client.converse('tools/call', { name: 'delegate' }, () => turns.shift());
    expect(rounds).toHaveLength(3);
    expect(JSON.stringify(rounds[1]?.result.inputRequests)).toContain('east-0');
    expect(textOf(rounds[2] as never)).toBe('It is booked. in 2 turns');
  });

  it('works for prompts and for resources, and says what may be cached once it is complete', async () => {
    const named = (): Fields => accept({ name: 'Ada' });
    const prompt = await client.converse('prompts/get', { name: 'toast' }, named);
    expect(prompt[0]?.result).not.toHaveProperty('ttlMs');
    expect(prompt[1]?.result.messages[0].content.text).toBe('To Ada!');
    const bill = await client.converse('resources/read', { uri: 'hotel://bill' }, named);
    expect(bill[0]?.result).not.toHaveProperty('ttlMs');
    expect(bill[1]?.result).toMatchObject({ ttlMs: 0, contents: [{ text: 'The bill of Ada' }] });
  });

  // Spec: timeouts.of-requests, timeouts.configurable, timeouts.maximum
  it('takes no answer after the time that the question was given', async () => {
    const first = await client.request('tools/call', { name: 'hurry' });
    const { requestState } = first.result as { requestState: string };
    const again = await client.request('tools/call', { name: 'hurry', requestState });
    expect(askedBy(again)).toEqual(askedBy(first));
    await until(
      async () => (await client.request('tools/call', { name: 'hurry', requestState })).result.isError === true,
    );
    const inputResponses = { [onlyKey(askedBy(first))]: accept({ name: 'Ada' }) };
    const late = await client.request('tools/call', { name: 'hurry', requestState, inputResponses });
    expect(late.result.isError).toBe(true);
  });

  it('waits within the request where it waits for nothing but time', async () => {
    expect(textOf(await client.request('tools/call', { name: 'nap' }))).toBe('awake');
  });

  it('refuses to burden the client with too much, and says what to do', async () => {
    const { error } = await client.request('tools/call', { name: 'hoard', arguments: { size: 300_000 } });
    expect(error).toMatchObject({ code: -32603, message: expect.stringContaining('@Task') });
    const held = await client.request('tools/call', { name: 'hoard', arguments: { size: 100_000 } });
    expect(held.result.resultType).toBe('input_required');
  });

  it('runs a task in the foreground for a client without tasks, with questions in between', async () => {
    const plain = new RawClient2026(app, { principal: ALICE, capabilities: EVERYTHING });
    const rounds = await plain.converse('tools/call', { name: 'serve' }, () => accept({ name: 'Ada' }));
    expect(rounds.map(({ result }) => result.resultType)).toEqual(['input_required', 'complete']);
    expect(textOf(rounds[1] as never)).toBe('served to Ada');
    expect((await app.tasks.list('alice', 10)).tasks).toEqual([]);
  });
});
