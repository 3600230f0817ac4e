import { setTimeout as sleep } from 'node:timers/promises';
import { type Answering, type Fields, message, openSession, start, startStateless } from '../../processes/client.js';
import { HANG } from './hang.js';

/** What clients have met beside what they came for. */
export interface Met {
  /** Answers that say that the same may be tried again. */
  again: number;
  /** Answers that broke off, or never began. */
  broken: number;
  /** Streams that were asked for anew. */
  resumed: number;
  readonly wrong: string[];
}

/** One server, or a balancer in front of several, and how long a user thinks before each answer, in milliseconds. */
interface Place {
  readonly port: number;
  readonly met: Met;
  readonly think: () => number;
}

const WORD = 'harbour';
const QUESTIONS = 2;
const ANSWER = { action: 'accept', content: { word: WORD } };

/** A client of 2026-07-28: makes a task that asks, polls it and answers. Resolves with its id. */
export async function talkByPolling({ port, met, think }: Place): Promise<string> {
  const ask = (method: string, params: Fields): Promise<Fields> => persist(met, () => stateless(port, method, params));
  const { taskId } = await ask('tools/call', { name: 'ask', arguments: { questions: QUESTIONS } });
  const answered = new Set<string>();
  for (;;) {
    const { status, inputRequests = {} } = await ask('tasks/get', { taskId });
    if (status !== 'working' && status !== 'input_required') return taskId as string;
    for (const key of Object.keys(inputRequests as Fields)) {
      if (answered.has(key)) continue;
      await sleep(think());
      await ask('tasks/update', { taskId, inputResponses: { [key]: ANSWER } });
      answered.add(key);
    }
    await sleep(50);
  }
}

/** The same without a task: a call that asks, and is sent again with its answers and its sealed state. */
export async function talkByRounds({ port, met, think }: Place): Promise<void> {
  const call = (more: Fields): Promise<Fields> =>
    persist(met, () => stateless(port, 'tools/call', { name: 'greet', arguments: {}, ...more }));
  const { requestState, inputRequests = {} } = await call({});
  const [key = ''] = Object.keys(inputRequests as Fields);
  await sleep(think());
  const { content } = await call({ requestState, inputResponses: { [key]: ANSWER } });
  if (content?.[0]?.text !== WORD) met.wrong.push(`a call that asked came to ${JSON.stringify(content)}`);
}

/**
 * A client of 2025-11-25: calls the task like any tool, is asked on the stream of its call, and comes back for the rest of it
 * where the stream breaks. Resolves with the task's id.
 */
export async function talkInSession({ port, met, think }: Place): Promise<string> {
  const headers = await persist(met, () => opened(port));
  let call = message('tools/call');
  const begin = (): Promise<Answering> =>
    persist(met, () => {
      call = message('tools/call', { name: 'ask', arguments: { questions: QUESTIONS } });
      return streamed(start(port, { headers, body: call }));
    });
  const answered = new Set<string>();
  let taskId = '';
  let last: string | undefined;
  for (let stream = await begin(), end = performance.now() + HANG; performance.now() < end; await sleep(10)) {
    last = stream.ids.at(-1) ?? last;
    const response = stream.messages.find(({ id, method }) => id === call.id && method === undefined);
    const isLost = String(response?.['error']?.message).endsWith('call again.');
    if (response && !isLost) {
      if (response['error']) met.wrong.push(`a call came to ${JSON.stringify(response['error'])}`);
      return taskId;
    }
    const question = stream.messages.find(({ id, method }) => method === 'elicitation/create' && !answered.has(id));
    if (question) {
      const [, task = '', key = ''] = String(question['id']).split('.');
      taskId = task;
      if ([...answered].some((id) => id.startsWith(`t.${task}.${key}.`))) met.wrong.push(`${key} was asked twice`);
      answered.add(question['id'] as string);
      await sleep(think());
      const body = { jsonrpc: '2.0', id: question['id'] as string, result: ANSWER };
      await persist(met, () => accepted(start(port, { headers, body })));
    } else if (isLost || (stream.isOver && last === undefined)) {
      // It is told that nothing came of its call, or was never told that there is one.
      [stream, last] = [await begin(), undefined];
    } else if (stream.isOver) {
      await sleep(stream.retry ?? 0);
      const from = { ...headers, 'last-event-id': last ?? '' };
      stream = await persist(met, () => streamed(start(port, { method: 'GET', headers: from })));
      met.resumed += 1;
    }
  }
  throw new Error('A call in a session did not come to its end.');
}

class TryAgain extends Error {}
class Broken extends Error {}

async function stateless(port: number, method: string, params: Fields): Promise<Fields> {
  const answering = await startStateless(port, method, params);
  refuse(answering);
  const { result, error } = await answerOf(answering);
  if (error?.data?.retryAfter !== undefined) throw new TryAgain();
  if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
  return result as Fields;
}

async function answerOf(answering: Answering): Promise<Fields> {
  for (const end = performance.now() + HANG; performance.now() < end; await sleep(5)) {
    const [found] = answering.messages;
    if (found) return found;
    if (answering.isOver) throw new Broken();
  }
  throw new Error('A request had no answer.');
}

async function opened(port: number): Promise<Record<string, string>> {
  try {
    return await openSession(port);
  } catch {
    throw new Broken();
  }
}

async function streamed(starting: Promise<Answering>): Promise<Answering> {
  const answering = await starting;
  refuse(answering);
  if (answering.status !== 200) throw new Error(`A stream was refused with ${answering.status}.`);
  return answering;
}

async function accepted(starting: Promise<Answering>): Promise<void> {
  const answering = await starting;
  refuse(answering);
  if (answering.status !== 202) throw new Error(`An answer was refused with ${answering.status}.`);
}

function refuse({ status }: Answering): void {
  if (status === 502) throw new Broken();
  if (status === 503) throw new TryAgain();
}

/** Does it until there is an answer, as clients do that are told to try again, or whose connection breaks. */
async function persist<T>(met: Met, act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof TryAgain) met.again += 1;
      else if (error instanceof Broken || code === 'ECONNRESET') met.broken += 1;
      else throw error;
      await sleep(100);
    }
  }
}
