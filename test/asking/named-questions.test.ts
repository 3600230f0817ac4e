import type { App, CreateMessageResult, ElicitResult } from 'perdura';
import { checkedConnect } from '../checked-connect.js';
import { until } from '../fixtures/until.js';
import { accept, ALICE, type Fields, RawClient2026, says, textOf } from '../spec/raw-client.js';
import { officeApp } from './office-app.js';

const codes: string[] = [];
const report = (error: unknown): void => void codes.push(String((error as { readonly code?: unknown }).code));
let app: App;

beforeEach(async () => {
  codes.length = 0;
  app = await officeApp({ report });
});
afterEach(() => app.close());

const text = (result: { readonly content?: unknown }): string => (result.content as { text: string }[])[0]?.text ?? '';
const ada = (): ElicitResult => ({ action: 'accept', content: { name: 'Ada' } });
const ROOTS = [{ uri: 'file:///projects/garden', name: 'garden' }];
const uses = (...ids: readonly string[]): CreateMessageResult => ({
  role: 'assistant',
  model: 'm',
  stopReason: 'toolUse',
  content: ids.map((id) => ({ type: 'tool_use', id, name: 'confirm', input: {} })),
});

describe.each(['2025-11-25', '2026-07-28'] as const)('questions with names on %s', (revision) => {
  it('are asked side by side', async () => {
    const sample = () => says('Paris') as never;
    const client = await checkedConnect(app, { revision, elicit: ada, sample, roots: () => ROOTS });
    expect(text(await client.callTool('all_at_once'))).toBe('Ada: Paris: file:///projects/garden=garden');
    expect(text(await client.callTool('in_branches'))).toBe('Ada,Ada');
    expect(text(await client.callTool('two_rounds'))).toBe('Ada, Ada');
  });

  it('are asked in resources and prompts', async () => {
    const client = await checkedConnect(app, { revision, elicit: ada });
    expect((await client.readResource('office://visit')).contents).toMatchObject([{ text: 'Ada' }]);
    expect((await client.getPrompt('letter')).messages).toMatchObject([{ content: { text: 'To Ada' } }]);
  });

  it('are asked by tasks', async () => {
    const client = await checkedConnect(app, { revision, elicit: ada, roots: () => ROOTS });
    expect(text(await client.runTask('appoint'))).toBe('Ada in file:///projects/garden');
  });

  it('cannot be two', async () => {
    const client = await checkedConnect(app, { revision, elicit: ada });
    expect((await client.callTool('twice')).isError).toBe(true);
    expect(codes).toEqual(['DUPLICATE_QUESTION_KEY']);
  });

  it('cannot be named like what the framework names itself', async () => {
    const client = await checkedConnect(app, { revision, elicit: ada });
    expect((await client.callTool('misnamed')).isError).toBe(true);
    expect(codes).toEqual(['INVALID_QUESTION_KEY']);
  });

  it("are a tool's own where an agent calls it, as often as it does", async () => {
    const turns = [uses('one', 'two'), says('Done.') as CreateMessageResult];
    const client = await checkedConnect(app, { revision, elicit: ada, sample: () => turns.shift() as never });
    expect(text(await client.callTool('delegate'))).toBe('Ada: Done.');
  });

  it('tell a handler what the user did in place of answering', async () => {
    for (const action of ['decline', 'cancel'] as const) {
      const client = await checkedConnect(app, { revision, elicit: () => ({ action }) });
      expect(text(await client.callTool('greet'))).toBe(`action: ${action}`);
    }
  });

  it('are asked again where the answer breaks a rule that no form can say', async () => {
    const numbers = ['none', 'B7'];
    const elicit = (): ElicitResult => ({ action: 'accept', content: { number: numbers.shift() as string } });
    const client = await checkedConnect(app, { revision, elicit });
    expect(text(await client.callTool('badge'))).toBe('B7');
  });
});

describe.each(['2025-11-25', '2026-07-28'] as const)('roots on %s', (revision) => {
  // Spec: roots.cached, rounds.kinds@2026-07-28
  it('are asked of the client', async () => {
    const client = await checkedConnect(app, { revision, roots: () => ROOTS });
    expect(text(await client.callTool('where'))).toBe('file:///projects/garden');
  });

  // Spec: roots.capability
  it('are not asked of a client that has none', async () => {
    const client = await checkedConnect(app, { revision });
    const called = client.callTool('where');
    if (revision === '2025-11-25') expect((await called).isError).toBe(true);
    else await expect(called).rejects.toMatchObject({ code: -32021, data: { requiredCapabilities: { roots: {} } } });
  });
});

describe.each(['2025-11-25', '2026-07-28'] as const)('forms on %s', (revision) => {
  const shown = async (tool: string): Promise<Fields[]> => {
    const forms: Fields[] = [];
    const elicit = ({ requestedSchema }: { requestedSchema: object }): ElicitResult => {
      forms.push(requestedSchema as Fields);
      return { action: 'decline' };
    };
    await (await checkedConnect(app, { revision, elicit })).callTool(tool);
    return forms;
  };

  it('show the defaults of their fields (SEP-1034), and take them for what is not filled in', async () => {
    expect((await shown('profile'))[0]?.['properties']).toEqual({
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    });
    const client = await checkedConnect(app, { revision, elicit: () => ({ action: 'accept', content: { age: 31 } }) });
    const profile = { name: 'John Doe', age: 31, score: 95.5, status: 'active', verified: true };
    expect(JSON.parse(text(await client.callTool('profile')))).toEqual(profile);
  });

  it('show choices in all five shapes (SEP-1330)', async () => {
    const floors = [
      { const: '1', title: 'First floor' },
      { const: '2', title: 'Second floor' },
    ];
    const seen: Fields[] = [];
    const answers: Fields[] = [
      { untitledSingle: 'a', titledSingle: '2', untitledMulti: ['a', 'b'], titledMulti: ['1'] },
      { legacyEnum: '1' },
    ];
    const elicit = ({ requestedSchema }: { requestedSchema: object }): ElicitResult => {
      seen.push(requestedSchema as Fields);
      return { action: 'accept', content: answers[seen.length - 1] as never };
    };
    const client = await checkedConnect(app, { revision, elicit });
    expect(JSON.parse(text(await client.callTool('choose')))).toEqual(answers);
    expect(seen.map((form) => form['properties'])).toEqual([
      {
        untitledSingle: { type: 'string', enum: ['a', 'b'] },
        titledSingle: { type: 'string', oneOf: floors },
        untitledMulti: { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
        titledMulti: { type: 'array', items: { anyOf: floors } },
      },
      { legacyEnum: { type: 'string', enum: ['1', '2'], enumNames: ['First floor', 'Second floor'] } },
    ]);
  });
});

describe('the keys of inputRequests', () => {
  const keysOf = (result: Fields): string[] => Object.keys(result['inputRequests'] as Fields);
  let client: RawClient2026;
  beforeEach(() => void (client = new RawClient2026(app, { principal: ALICE })));
  const call = async (name: string, more: Fields = {}, broken = false): Promise<Fields> =>
    (await client.request('tools/call', { name, ...more }, { broken })).result as Fields;

  it('are the names', async () => {
    expect(keysOf(await call('greet'))).toEqual(['user_name']);
    expect(keysOf(await call('all_at_once'))).toEqual(['user_name', 'capital_question', 'client_roots']);
    expect(keysOf(await call('in_branches'))).toEqual(['first', 'second']);
  });

  it('are the names in a task too, and a partial answer leaves the rest', async () => {
    const { taskId } = await call('appoint');
    const task = async (): Promise<Fields> => (await client.request('tasks/get', { taskId })).result as Fields;
    await until(async () => Object.keys((await task())['inputRequests'] ?? {}).length === 2);
    expect(keysOf(await task()).sort()).toEqual(['client_roots', 'user_name']);
    await client.request('tasks/update', { taskId, inputResponses: { user_name: accept({ name: 'Ada' }) } });
    expect(keysOf(await task())).toEqual(['client_roots']);
    await client.request('tasks/update', { taskId, inputResponses: { client_roots: { roots: ROOTS } } });
    await until(async () => (await task())['status'] === 'completed');
    expect((await task())['result']).toMatchObject({ content: [{ text: 'Ada in file:///projects/garden' }] });
  });

  it('let a client answer with its first request what it knows to be asked', async () => {
    const inputResponses = { user_name: accept({ name: 'Ada' }), other: accept({ what: 1 }), constructor: accept({}) };
    expect(textOf({ result: await call('greet', { inputResponses }) } as never)).toBe('Hello, Ada!');
  });

  it('are asked for again where a first request answers them with what does not fit, or others', async () => {
    for (const answer of [12345, null, accept({ name: 'A' }), accept({}), says('Ada'), { action: 'nod' }]) {
      expect(keysOf(await call('greet', { inputResponses: { user_name: answer } }, true))).toEqual(['user_name']);
    }
    expect(keysOf(await call('greet', { inputResponses: { wrong_key: accept({ name: 'Ada' }) } }))).toEqual([
      'user_name',
    ]);
  });

  it('cannot be answered by what is no object', async () => {
    for (const inputResponses of [null, 'text', [accept({ name: 'Ada' })]]) {
      const { error } = await client.request('tools/call', { name: 'greet', inputResponses }, { broken: true });
      expect(error?.code).toBe(-32602);
    }
  });

  it('are answered ahead in a first request only: later, what counts is what was asked', async () => {
    const first = await call('two_rounds');
    expect(keysOf(first)).toEqual(['step1']);
    const { requestState } = first;
    const inputResponses = { step1: accept({ name: 'Ada' }), step2: accept({ name: 'Bob' }) };
    const second = await call('two_rounds', { requestState, inputResponses });
    expect(keysOf(second)).toEqual(['step2']);
    expect(second['requestState']).not.toBe(requestState);
    const last = await call('two_rounds', {
      requestState: second['requestState'],
      inputResponses: { step2: accept({ name: 'Cyd' }) },
    });
    expect(textOf({ result: last } as never)).toBe('Ada, Cyd');
  });

  it('are no way round a state that was tampered with', async () => {
    const { requestState } = await call('greet');
    const inputResponses = { user_name: accept({ name: 'Ada' }) };
    const params = { name: 'greet', inputResponses, requestState: `${String(requestState)}-TAMPERED` };
    expect((await client.request('tools/call', params)).error?.code).toBe(-32602);
  });
});
