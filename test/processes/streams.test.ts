import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../fixtures/until.js';
import { type Answering, type Fields, message, openSession, start } from './client.js';
import { Crew, type Member } from './crew.js';

/** Each start compiles the sources anew, on a machine that does other things too. */
jest.setTimeout(60_000);

describe('2025-11-25 streams in several web processes', () => {
  let crew: Crew;
  let home: Member;
  let other: Member;
  /** Two that do not survive their test. */
  let leaving: Member;
  let doomed: Member;

  beforeAll(async () => {
    crew = await Crew.start();
    const web = (): Promise<Member> => crew.add('web');
    [home, other, leaving, doomed] = await Promise.all([web(), web(), web(), web(), crew.add('worker')]);
  });
  afterAll(() => crew.close());

  const call = (name: string, args: Fields = {}, extra: Fields = {}): Fields =>
    message('tools/call', { name, arguments: args, ...extra });
  const resume = (web: Member, headers: Record<string, string>, lastEventId: unknown): Promise<Answering> =>
    start(web.port, { method: 'GET', headers: { ...headers, 'last-event-id': String(lastEventId) } });
  const steps = (...answers: Answering[]): number[] =>
    answers.flatMap(({ messages }) => messages.flatMap(({ params }) => (params?.progress as number | undefined) ?? []));
  const upTo = (to: number): number[] => Array.from({ length: to }, (_, index) => index + 1);
  const counting = (to: number): Fields => call('count', { to }, { _meta: { progressToken: 1 } });

  // Spec: http.priming@2025-11-25, http.event-ids@2025-11-25
  it('open with an event that has an id and no message, and every message has an id of its own', async () => {
    const headers = await openSession(home.port);
    const first = await start(home.port, { headers, body: counting(3) });
    const second = await start(home.port, { headers, body: counting(3) });
    await Promise.all([first.response(), second.response()]);
    expect(first.ids).toHaveLength(first.messages.length + 1);
    expect(new Set([...first.ids, ...second.ids]).size).toBe(10);
    expect([...first.ids, ...second.ids].join('')).toMatch(/^[\x21-\x7e]+$/);
  });

  // Spec: http.event-id-stream@2025-11-25, http.replay-own@2025-11-25, http.response-comes@2025-11-25
  it('go on in another process while the call runs in the first, without a gap or a repetition', async () => {
    const headers = await openSession(home.port);
    const lost = await start(home.port, { headers, body: counting(60) });
    await until(() => steps(lost).length >= 5);
    lost.hangUp();
    await until(() => lost.isOver);
    const again = await resume(other, headers, lost.ids.at(-1));
    await until(() => steps(again).length >= 5);
    // And once more, back where the call runs.
    again.hangUp();
    await until(() => again.isOver);
    const last = await resume(home, headers, again.ids.at(-1));
    expect((await last.response())['result'].content[0].text).toBe('counted to 60');
    expect(steps(lost, again, last)).toEqual(upTo(60));
    expect(lost.messages.length + again.messages.length + last.messages.length).toBe(61);

    const ended = await resume(other, headers, lost.ids[0]);
    await until(() => ended.isOver);
    expect(steps(ended)).toEqual(upTo(60));
  });

  it('are nobody else’s, and nothing is made up for an id that never was', async () => {
    const [headers, other] = [await openSession(home.port), await openSession(home.port)];
    const answering = await start(home.port, { headers, body: counting(2) });
    await answering.response();
    const [id] = answering.ids as [string];
    expect((await resume(home, { ...headers, authorization: 'eve' }, id)).status).toBe(404);
    for (const strange of [id.replace(/0$/, '9'), `x${id}`, 'nonsense', '1.1.1', '']) {
      expect((await resume(home, headers, strange)).status).toBe(strange === '' ? 200 : 400);
    }
    expect((await resume(home, headers, 'session.7')).status).toBe(200);
    // The same owner's other session has other streams.
    expect((await resume(home, other, id)).status).toBe(400);
  });

  // Spec: tasks.result-transport@2025-11-25
  it('outlive their process when it is killed: a wait for a task goes on elsewhere, asking nothing twice, and a call fails', async () => {
    const headers = await openSession(doomed.port);
    const asked = call('greet_later');
    const lost = await start(doomed.port, { headers, body: asked });
    const question = await lost.find(({ method }) => method === 'elicitation/create');
    const called = counting(1_000);
    const calling = await start(doomed.port, { headers, body: called });
    await until(() => steps(calling).length >= 2);
    const asking = await start(doomed.port, { headers, body: call('greet') });
    const asks = await asking.find(({ method }) => method === 'elicitation/create');
    const dropped = await start(doomed.port, { headers, body: call('greet_later') });
    const left = await dropped.find(({ method }) => method === 'elicitation/create');
    await doomed.end('SIGKILL');
    await until(() => lost.isOver && calling.isOver && asking.isOver && dropped.isOver);

    const again = await resume(other, headers, lost.ids.at(-1));
    const answer = { jsonrpc: '2.0', id: question['id'], result: { action: 'accept', content: { name: 'Ada' } } };
    expect((await start(home.port, { headers, body: answer })).status).toBe(202);
    const { id, result } = await again.response();
    expect(id).toBe(asked['id']);
    expect(result.content[0].text).toMatch(/^Hello, Ada!/);
    expect(again.messages).toHaveLength(1);

    // A task that ends takes back what it asked, though another process had asked it.
    const waiting = await resume(other, headers, dropped.ids.at(-1));
    const [, taskId] = String(left['id']).split('.');
    await (await start(home.port, { headers, body: message('tasks/cancel', { taskId }) })).response();
    expect((await waiting.response())['error'].message).toBe('The task was cancelled.');
    expect(waiting.messages[0]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: left['id'] } });

    // What ran in that process alone has died with it, and the client is told rather than left to wait.
    const failed = await resume(home, headers, calling.ids.at(-1));
    expect(await failed.response()).toMatchObject({ id: called['id'], error: { code: -32603 } });
    expect(steps(calling, failed)).toEqual(upTo(steps(calling, failed).length));
    const unasked = await resume(home, headers, asking.ids.at(-1));
    expect(await unasked.response()).toMatchObject({ error: { code: -32603 } });
    expect(unasked.messages[0]).toMatchObject({ method: 'notifications/cancelled', params: { requestId: asks['id'] } });
  });

  // Spec: http.retry
  it('are found in another process when their call closed them before it said anything', async () => {
    const headers = await openSession(home.port);
    const folder = await mkdtemp(join(tmpdir(), 'perdura-leave-'));
    const file = join(folder, 'back');
    const left = await start(home.port, { headers, body: call('leave', { file }) });
    await until(() => left.isOver);
    expect([left.ids.length, left.retry]).toEqual([1, 500]);
    const again = await resume(other, headers, left.ids[0]);
    expect(again.status).toBe(200);
    await writeFile(file, '');
    expect((await again.response())['result'].content[0].text).toBe('back');
    await rm(folder, { recursive: true });
  });

  // Spec: http.retry, http.get-retry
  it('are handed over by a process that stops, which asks its clients to come back', async () => {
    const headers = await openSession(leaving.port);
    const folder = await mkdtemp(join(tmpdir(), 'perdura-relay-'));
    const file = join(folder, 'open');
    const asked = call('relay', { file });
    const standing = await start(leaving.port, { method: 'GET', headers });
    const lost = await start(leaving.port, { headers, body: asked });
    await until(() => lost.ids.length > 0);
    expect(await leaving.end('SIGTERM')).toBe(0);
    expect([lost.retry, standing.retry]).toEqual([500, 500]);

    const again = await resume(home, headers, lost.ids.at(-1));
    await writeFile(file, '');
    const { id, result } = await again.response();
    expect([id, result.isError]).toEqual([asked['id'], undefined]);
    await rm(folder, { recursive: true });
  });

  // Spec: http.get-unrelated
  it('that belong to no request hear of tasks that another process started', async () => {
    const headers = await openSession(home.port);
    const standing = await start(other.port, { method: 'GET', headers });
    const created = await start(home.port, { headers, body: call('greet_later', {}, { task: { ttl: 60_000 } }) });
    const { taskId } = (await created.response())['result'].task as { taskId: string };
    const told = await standing.find(({ method }) => method === 'notifications/tasks/status');
    expect(told['params']).toMatchObject({ taskId, status: 'input_required' });

    // The connection breaks; what is said meanwhile is there when the client is back, on whichever process.
    standing.hangUp();
    await (await start(home.port, { headers, body: message('tasks/cancel', { taskId }) })).response();
    const again = await resume(home, headers, standing.ids.at(-1));
    await again.find(({ params }) => params?.status === 'cancelled');
  });
});
