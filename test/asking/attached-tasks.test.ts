import type { App, ElicitResult } from 'perdura';
import { checkedConnect } from '../checked-connect.js';
import { until } from '../fixtures/until.js';
import { accept, ALICE, EVERYTHING, type Fields, RawClient2025, RawClient2026, textOf } from '../spec/raw-client.js';
import { Book, officeApp } from './office-app.js';

let app: App;
let book: Book;

beforeEach(async () => {
  book = new Book();
  app = await officeApp({ providers: [{ provide: Book, useValue: book }] });
});
afterEach(() => app.close());

const text = (result: { readonly content?: unknown }): string => (result.content as { text: string }[])[0]?.text ?? '';
const ada = (): ElicitResult => ({ action: 'accept', content: { name: 'Ada' } });

describe.each(['2025-11-25', '2026-07-28'] as const)('an attached task on %s', (revision) => {
  it('asks within the call, becomes a task, and does nothing twice', async () => {
    const client = await checkedConnect(app, { revision, elicit: ada });
    expect(text(await client.runTask('trip'))).toBe('Ada has seat 1');
    expect(book.entries).toEqual(['reserved', 'travelled']);
  });

  it('is served to a client that wants no task', async () => {
    const client = await checkedConnect(app, { revision, elicit: ada, tasks: false });
    expect(text(await client.callTool('trip'))).toBe('Ada has seat 1');
    expect(book.entries).toEqual(['reserved', 'travelled']);
  });

  it('goes by one id, before and after', async () => {
    const client = await checkedConnect(app, { revision, elicit: ada });
    expect(text(await client.runTask('must_be_task'))).toBe('Ada under true');
  });

  it('is no task where the user declined', async () => {
    const client = await checkedConnect(app, { revision, elicit: () => ({ action: 'decline' }) });
    const called = revision === '2025-11-25' ? client.runTask('trip') : client.callTool('trip');
    expect((await called).isError).toBe(true);
    expect(book.entries).toEqual([]);
  });
});

describe('an attached task on 2026-07-28', () => {
  let client: RawClient2026;
  beforeEach(() => void (client = new RawClient2026(app, { principal: ALICE })));
  const call = (name: string, more: Fields = {}, options = {}) =>
    client.request('tools/call', { name, ...more }, options);

  // Spec: extension.rounds-first@2026-07-28
  it('is a question first and a task then, of which the state says nothing', async () => {
    const { result: first } = await call('must_be_task');
    expect(first).toMatchObject({ resultType: 'input_required' });
    expect(first).not.toHaveProperty('taskId');
    const { requestState } = first;
    const inputResponses = { user_name: accept({ name: 'Ada' }) };
    const { result: task } = await call('must_be_task', { requestState, inputResponses });
    expect(task).toMatchObject({ resultType: 'task', taskId: expect.any(String) });
    expect(task).not.toHaveProperty('requestState');
    await until(async () => {
      const { result } = await client.request('tasks/get', { taskId: task.taskId });
      return result.status === 'completed' && result.result.content[0].text === 'Ada under true';
    });
  });

  it('is one task, however often the last round is repeated', async () => {
    const { requestState } = (await call('must_be_task')).result;
    const inputResponses = { user_name: accept({ name: 'Ada' }) };
    const rounds = await Promise.all([1, 2, 3].map(() => call('must_be_task', { requestState, inputResponses })));
    expect(new Set(rounds.map(({ result }) => result.taskId)).size).toBe(1);
  });

  it('needs a client that knows tasks where it runs as one only', async () => {
    expect((await call('must_be_task', {}, { capabilities: EVERYTHING })).error?.code).toBe(-32021);
  });

  it('answers the call itself where its handler never lets go of it, in a branch least of all', async () => {
    const rounds = await client.converse('tools/call', { name: 'never' }, () => accept({ name: 'Ada' }));
    expect(textOf(rounds[1] as never)).toBe('Ada');
  });
});

describe('an attached task on 2025-11-25', () => {
  it('is a task for who asked for one, though its handler came to its end before', async () => {
    const client = await checkedConnect(app, { revision: '2025-11-25', elicit: ada });
    expect(text(await client.runTask('never'))).toBe('Ada');
  });

  it('is cancelled with the call that waits for it', async () => {
    const client = new RawClient2025(app, { principal: ALICE });
    const call = client.start('tools/call', { name: 'hesitate' });
    await until(() => book.entries.includes('waiting'));
    client.notify('notifications/cancelled', { requestId: call.id });
    expect((await call.response).silent).toBe(true);
    await until(() => book.entries.includes('aborted'));
  });
});
