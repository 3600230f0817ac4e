import type { CatalogChange } from '../../catalog/catalog-state.js';
import { isProtocolError, ProtocolError } from '../../errors.js';
import type { Awaitable } from '../../metadata/class.js';
import type { Principal } from '../../runtime/principal.js';
import type { LoggingLevel, RequestId } from '../../spec.js';
import type { Tasks } from '../../tasks/tasks.js';
import { whyCancelled } from '../messages/cancellations.js';
import type { Offer } from '../features/capabilities.js';
import type { Answer, Exchange } from '../messages/exchange.js';
import { FollowedResources } from '../features/followed-resources.js';
import { type GiveUp, type Incoming2025, REVISION_2025, type SessionContext } from './incoming.js';
import type { MethodTable } from '../messages/incoming.js';
import { CODE, type JsonRpcNotification, type JsonRpcRequest, type JsonRpcResponse } from '../messages/json-rpc.js';
import { isObject, isRequestId } from '../messages/parse-message.js';
import type { ProtocolHost, Session, SessionPlace, SessionState } from '../protocol.js';
import { OpenRequests, placeOf } from './questions.js';
import { failureAnswer, invalidParams, methodNotFound } from '../messages/refusal.js';
import { resourceNotFound } from '../features/resources.js';
import { questionOf } from './task-stream.js';
import { TaskAccess } from '../features/task-access.js';
import type { Caller } from '../features/scopes.js';
import { tryAgain } from '../try-again.js';

// Until the client sets a level the server may choose (`server/utilities/logging`).
const FIRST_LEVEL: LoggingLevel = 'info';

/** What a ping is given up with. */
const UNANSWERED = new Error('The client did not answer a ping.');

/** The place of a session that one process serves. */
const HERE: SessionPlace = { isHere: () => true, keep: () => undefined };

/** What a session is opened with. */
export interface SessionOptions {
  /** Who opened it, here or in another process. */
  readonly caller: Caller;
  readonly state: SessionState;
  readonly methods: MethodTable<Incoming2025>;
  /** What its client was told that there is: it hears of no other list. */
  readonly offer: Offer;
  readonly host: Pick<
    ProtocolHost,
    'catalog' | 'whole' | 'runtime' | 'tasks' | 'report' | 'place' | 'onChange' | 'admission'
  >;
}

export class Session2025 implements Session, SessionContext {
  readonly requests: OpenRequests;
  readonly delivered = new Map<string, () => void>();
  readonly #options: SessionOptions;
  readonly #access: TaskAccess;
  /** Of each request its id, which a client that reuses one gives to several. */
  readonly #running = new Map<GiveUp, RequestId>();
  readonly #kept = new Map<string, () => void>();
  readonly #resources: FollowedResources;
  readonly #stopChanges: () => void;
  #caller: Caller;
  #place = HERE;
  #send: ((message: JsonRpcNotification | JsonRpcRequest) => void) | undefined;
  #logLevel: LoggingLevel | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#caller = options.caller;
    this.#access = new TaskAccess(options.host);
    this.requests = new OpenRequests(options.host.place);
    this.#logLevel = options.state.logLevel;
    const { host } = options;
    const caller = (): Caller => this.#caller;
    const updated = (uri: string): void =>
      this.notify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } });
    this.#resources = new FollowedResources({ caller, revision: REVISION_2025, host, updated });
    this.#stopChanges = host.onChange((change) => this.#tell(change));
  }

  get caller(): Caller {
    return this.#caller;
  }

  get principal(): Principal {
    return this.#caller.principal;
  }

  renew(principal: Principal): void {
    // Without authorization it is the same one every time.
    if (principal !== this.principal) this.#caller = { ...this.#caller, principal };
  }

  get state(): SessionState {
    return { ...this.#options.state, ...(this.#logLevel && { logLevel: this.#logLevel }) };
  }

  serve(request: JsonRpcRequest, exchange: Exchange): Answer | Promise<Answer> {
    try {
      const method = this.#options.methods.get(request.method);
      if (!method) throw methodNotFound(request.method);
      const answer = this.#options.host.admission.serve(request.method, exchange, () =>
        method(this.#open(request, exchange)),
      );
      return answer instanceof Promise ? answer.catch((error: unknown) => this.#failure(request.id, error)) : answer;
    } catch (error) {
      return this.#failure(request.id, error);
    }
  }

  receive(
    message: JsonRpcNotification | JsonRpcResponse,
    principal: Principal,
    elsewhere: (place?: string) => Awaitable<void> = () => undefined,
  ): Awaitable<void> {
    if ('id' in message && questionOf(message.id)) {
      // It may stand on a stream of another process, which is to know that its answer has come, or to put it again.
      const told = this.delivered.has(String(message.id)) ? undefined : elsewhere();
      // Only a hint: the answer itself is for the store.
      if (told instanceof Promise) told.catch(() => undefined);
      return this.#answerTask(message, principal);
    }
    // A transport that mixed up its sessions must not let one caller speak for another.
    if (principal.owner !== this.principal.owner) return undefined;
    if (!('method' in message)) return this.requests.settle(message) ? undefined : elsewhere(placeOf(message.id));
    if (message.method !== 'notifications/cancelled') return undefined;
    return this.#cancel(message.params) ? undefined : elsewhere();
  }

  attach(send: ((message: JsonRpcNotification | JsonRpcRequest) => void) | undefined, place = HERE): void {
    this.#send = send;
    this.#place = place;
  }

  ping(send: (message: JsonRpcRequest) => void, within: number): Promise<boolean> {
    const { id, answer } = this.requests.open({ method: 'ping' }, send);
    const tooLate = setTimeout(() => this.requests.abandon(id, UNANSWERED), within).unref();
    // One that knows no pings is there all the same.
    return answer
      .then(
        () => true,
        (reason: unknown) => reason !== UNANSWERED,
      )
      .finally(() => clearTimeout(tooLate));
  }

  async subscribe(uri: string): Promise<void> {
    if (!this.#resources.hasRoomFor(uri)) {
      throw new ProtocolError(CODE.internalError, 'You follow too many resources: unsubscribe from one.');
    }
    const followed = await this.#resources.follow([uri]);
    if (followed.length === 0) throw resourceNotFound(CODE.resourceNotFound, uri);
    await this.#place.keep(uri, true);
  }

  async unsubscribe(uri: string): Promise<void> {
    this.#resources.forget(uri);
    await this.#place.keep(uri, false);
  }

  remember(uri: string, isSubscribed: boolean): void {
    if (isSubscribed) this.#resources.remember(uri);
    else this.#resources.forget(uri);
  }

  close(): void {
    for (const giveUp of [...this.#running.keys()]) giveUp('closed', 'The session has ended.');
    for (const stop of this.#kept.values()) stop();
    this.#kept.clear();
    this.#stopChanges();
    this.#send = undefined;
  }

  track(id: RequestId, giveUp: GiveUp): () => void {
    this.#running.set(giveUp, id);
    return () => void this.#running.delete(giveUp);
  }

  keep(taskId: string, stop: () => void): void {
    this.#kept.set(taskId, stop);
  }

  forget(taskId: string): void {
    this.#kept.delete(taskId);
  }

  notify(message: JsonRpcNotification): void {
    this.#send?.(message);
  }

  setLogLevel(level: LoggingLevel): void {
    this.#logLevel = level;
  }

  /** Gives up what has the id; false where nothing has. */
  #cancel(params: JsonRpcNotification['params']): boolean {
    let isHere = false;
    for (const [giveUp, id] of this.#running) {
      if (id !== params?.['requestId']) continue;
      isHere = true;
      giveUp('cancelled', whyCancelled(params));
    }
    return isHere;
  }

  #tell(change: CatalogChange): void {
    if (!this.#place.isHere()) return;
    if (change.kind === 'resource') this.#resources.update(change.uri, change.owner);
    else if (this.#options.offer[change.kind])
      this.notify({ jsonrpc: '2.0', method: `notifications/${change.kind}/list_changed` });
  }

  #open({ id, method, params = {} }: JsonRpcRequest, exchange: Exchange): Incoming2025 {
    const meta = params['_meta'];
    if (meta !== undefined && !isObject(meta)) throw invalidParams('"_meta" must be an object.');
    const progressToken = meta?.['progressToken'];
    if (progressToken !== undefined && !isRequestId(progressToken)) {
      throw invalidParams('"progressToken" must be a string or an integer.');
    }
    const { client } = this.#options.state;
    return {
      id,
      method,
      params,
      exchange,
      client,
      session: this,
      progressToken,
      logLevel: this.#logLevel ?? FIRST_LEVEL,
    };
  }

  /** The answer to a task's question, which any session of the task's owner may bring. */
  #answerTask(response: JsonRpcResponse, principal: Principal): Promise<void> {
    const { taskId, key } = questionOf(response.id) as { taskId: string; key: string };
    const askAgain = this.delivered.get(String(response.id));
    this.delivered.delete(String(response.id));
    const answer = 'result' in response ? response.result : { error: response.error };
    const answers = { [key]: answer } as Parameters<Tasks['answer']>[2];
    // The question is not put again, and clients send no response twice: without another try the task would wait for ever.
    return tryAgain(
      () =>
        this.#access.answer(taskId, answers, { ...this.#caller, principal }).then(
          () => undefined,
          (error: unknown) => {
            if (!isProtocolError(error)) throw error;
            // It did not fit, or came with a token that may not: the question is still open. A response has no response of its own that could say so.
            askAgain?.();
          },
        ),
      (error) => this.#options.host.report(error, `answer to ${String(response.id)}`),
    );
  }

  #failure(id: RequestId, error: unknown): Answer {
    // A session's clients take 404 for the end of the session: every JSON-RPC error is an answer like any other.
    return failureAnswer(id, error, this.#options.host.report, () => 200);
  }
}
