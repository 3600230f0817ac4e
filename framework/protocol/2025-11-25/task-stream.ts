import { randomBytes } from 'node:crypto';
import { canAnswer } from '../../runtime/capabilities.js';
import type { OpenQuestion, TaskRecord } from '../../tasks/task-record.js';
import type { Tasks } from '../../tasks/tasks.js';
import type { GivenUp, Incoming2025 } from './incoming.js';
import { META } from '../messages/meta.js';

/** How often a question is put again on one stream after an answer that did not fit. */
const MOST_ASKED = 3;

/** What a stream that follows a task came to: the task's end, why it was left, or that the task is no longer kept. */
export type Followed = { readonly record: TaskRecord } | { readonly left: GivenUp | 'gone' };

/**
 * Follows a task on the stream of a request, until it ends or the request is given up, and puts the task's open questions
 * to the client there. `see` is told of every state before the end.
 */
export function followTask(
  tasks: Tasks,
  incoming: Incoming2025,
  taskId: string,
  see: (record: TaskRecord) => void = () => undefined,
): Promise<Followed> {
  const { exchange, session, id } = incoming;
  const questions = new DeliveredQuestions(incoming, taskId);
  return new Promise<Followed>((resolve) => {
    const stops: (() => void)[] = [];
    let over = false;
    let seen: TaskRecord | undefined;
    const end = (followed: Followed): void => {
      over = true;
      resolve(followed);
      // A connection that broke takes nothing back: its client may come for the rest, and answers meanwhile.
      if ('left' in followed && followed.left === 'closed') questions.leave();
      else questions.withdraw({}, answeredBefore(followed, seen));
      for (const stop of stops.splice(0)) stop();
    };
    stops.push(session.track(id, (left) => end({ left })));
    exchange.onClose(() => end({ left: 'closed' }));
    const told = (record: TaskRecord): void => {
      if (over) return;
      if (record.outcome) return end({ record });
      exchange.follows?.(taskId);
      seen = record;
      see(record);
      questions.withdraw(record.open, (key) => Object.hasOwn(record.answers, key));
      questions.deliver(record.open);
    };
    const unwatch = tasks.watch(exchange.principal.owner, taskId, told, () => end({ left: 'gone' }));
    // The first call may come, and end it all, before there is anything to stop.
    if (over) unwatch();
    else stops.push(unwatch);
  });
}

/**
 * What is known of a task's answers when it is followed no more: it keeps none, but one with a result has had those that it needed.
 * A question that was seen open is not among them where nothing has happened since but the end.
 */
const answeredBefore =
  (followed: Followed, seen: TaskRecord | undefined) =>
  (key: string): boolean => {
    if (!('record' in followed) || followed.record.outcome?.kind !== 'result') return false;
    return !(seen && Object.hasOwn(seen.open, key) && followed.record.version === seen.version + 1);
  };

/** The questions of a task that are out on one stream. */
class DeliveredQuestions {
  readonly #ids = new Map<string, string>();
  readonly #again = new Map<string, () => void>();
  #open: Readonly<Record<string, OpenQuestion>> = {};
  readonly #times = new Map<string, number>();

  constructor(
    private readonly incoming: Incoming2025,
    private readonly taskId: string,
  ) {
    for (const id of incoming.exchange.carried ?? []) {
      const question = questionOf(id);
      if (question?.taskId !== taskId) continue;
      this.#stand(question.key, id);
    }
  }

  deliver(open: Readonly<Record<string, OpenQuestion>>): void {
    this.#open = open;
    for (const [key, question] of Object.entries(open)) if (!this.#ids.has(key)) this.#ask(key, question);
  }

  /** Forgets what stands on the stream without taking it back. */
  leave(): void {
    const { delivered } = this.incoming.session;
    // Whoever carries the stream on may have put its own way to ask again in place of this one's.
    for (const [id, again] of this.#again) if (delivered.get(id) === again) delivered.delete(id);
  }

  /**
   * Takes back what was asked and is not open any more: somebody answered elsewhere, or it is too late. One that another process
   * asked may have been answered by this very client before anybody here could hear of it: that one is left alone.
   */
  withdraw(open: Readonly<Record<string, OpenQuestion>>, isAnswered: (key: string) => boolean): void {
    for (const [key, id] of this.#ids) {
      if (key in open || !this.incoming.session.delivered.delete(id)) continue;
      if (this.incoming.exchange.carried?.includes(id) && isAnswered(key)) continue;
      const params = { requestId: id, reason: 'No longer needed.', _meta: relatedTask(this.taskId) };
      this.incoming.exchange.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    }
  }

  #stand(key: string, id: string): void {
    const again = (): void => this.#askAgain(key);
    this.#ids.set(key, id);
    this.#again.set(id, again);
    this.incoming.session.delivered.set(id, again);
  }

  #askAgain(key: string): void {
    const question = this.#open[key];
    if (question) this.#ask(key, question);
  }

  #ask(key: string, question: OpenQuestion): void {
    const { exchange, client } = this.incoming;
    const times = (this.#times.get(key) ?? 0) + 1;
    const { method, params } = question.request;
    if (times > MOST_ASKED || !canAnswer(client, question.request)) return;
    this.#times.set(key, times);
    // The id says whose answer it is: the response may reach any process. The nonce keeps ids of one session apart.
    const id = `t.${this.taskId}.${key}.${randomBytes(6).toString('base64url')}`;
    this.#stand(key, id);
    exchange.send({ jsonrpc: '2.0', id, method, params: { ...params, _meta: relatedTask(this.taskId) } });
  }
}

/** Which task and which question a response belongs to; undefined where its id is none of ours. */
export function questionOf(id: unknown): { readonly taskId: string; readonly key: string } | undefined {
  const [, taskId, key] = /^t\.([^.]+)\.(.+)\.[^.]+$/s.exec(String(id)) ?? [];
  return taskId !== undefined && key !== undefined ? { taskId, key } : undefined;
}

export const relatedTask = (taskId: string): Readonly<Record<string, unknown>> => ({ [META.relatedTask]: { taskId } });
