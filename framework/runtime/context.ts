import type { OnCrash } from '../metadata/agent-tool.js';
import type { Awaitable, Class } from '../metadata/class.js';
import type { JsonOf } from '../metadata/json-of.js';
import type { ModelChoice, Usage } from '../metadata/model.js';
import type { AgentToolOption, Budget, Duration, SchemaSource } from '../metadata/options.js';
import type {
  ClientCapabilities,
  CreateMessageRequestParams,
  CreateMessageResult,
  Implementation,
  LoggingLevel,
  Revision,
  Root,
  SamplingMessage,
} from '../spec.js';
import type { PageClass } from './asking/page.js';
import type { Principal } from './principal.js';
import type { Trace } from './trace/trace.js';

/** The program at the other end of a call, as it described itself. Self-reported: never a basis for access. */
export interface Client {
  readonly info?: Implementation;
  readonly capabilities: ClientCapabilities;
}

/** Writes log messages to the client (`notifications/message`), in the eight levels of RFC 5424. */
export type Logger = Readonly<Record<LoggingLevel, (data: unknown, logger?: string) => void>>;

/** What `ctx.sample` asks for: `sampling/createMessage` with `maxTokens` defaulting to 4096. */
export type SampleRequest = Omit<CreateMessageRequestParams, 'maxTokens'> & { readonly maxTokens?: number };

/** How a step is run. */
export interface StepOptions {
  /** How many times the step's function may run before its failure is recorded and thrown. Default 1. */
  readonly attempts?: number;
  /**
   * The most time that the function may run each time; past it `STEP_TIMED_OUT` is its failure, and its signal aborts.
   * Default: the task's `stepTimeout`, else none.
   */
  readonly timeout?: Duration;
  /**
   * What a task does where its worker died (or stopped, or ran out of time) in the middle of the step. `'retry'` runs the
   * function again; `'fail'` ends the task with `STEP_INTERRUPTED`; `'ask'` asks the user whether to run it again, and fails
   * where they do not say yes or the client has no elicitation. With this option given, the start of the step is recorded as well.
   * Default: the function runs again.
   */
  readonly onCrash?: OnCrash;
}

/** What a step runs. `signal` aborts when the call is cancelled or the step's time is over. */
export type StepFunction<T> = (idempotencyKey: string, signal: AbortSignal) => Awaitable<T>;

/** How a question to the client is put. */
export interface AskOptions {
  /**
   * The name under which the client sees the question: its key in `inputRequests`, of a call on 2026-07-28 and of a task. A letter,
   * then up to 63 letters, digits, `_`, `.` or `-`; used once in a call, its branches included. A client that knows the name may
   * send the answer along with its first request. Default: a key made from the place in the code.
   */
  readonly key?: string;
}

/** How a user is asked. */
export interface ElicitOptions extends AskOptions {
  /**
   * How long to wait for a person. Past it, `ELICITATION_EXPIRED` is thrown. Default: as long as the call or task lives, and 10
   * minutes for a page. A call of 2026-07-28 that is not a task lives no longer than `createApp({ stateTtl })` from each round.
   */
  readonly timeout?: Duration;
}

/** What `ctx.agent` is asked to do. */
export interface AgentRequest<O> {
  /** The user message that starts the loop, or the messages so far. */
  readonly prompt: string | readonly SamplingMessage[];
  /** The shape of the final answer; without it `value` is the answer's text. */
  readonly output?: SchemaSource<O>;
  /** Adds to the agent's own tools. */
  readonly tools?: readonly AgentToolOption[];
  /** In place of the agent's own model. */
  readonly model?: ModelChoice;
  /** Overrides the agent's own limit. */
  readonly maxTurns?: number;
  /** Overrides the limits of the agent's own budget that it names. */
  readonly budget?: Budget;
}

/** Why an agent stopped: it answered, or the limit of that name made a turn its last. */
export type AgentStop = 'answer' | 'maxTurns' | keyof Budget;

/** What an agent and all that it started have used. */
export interface AgentUsage extends Usage {
  readonly turns: number;
  readonly toolCalls: number;
  /** Some tokens were counted by the length of the text, since a model did not tell. */
  readonly estimated?: true;
}

/** What an agent came back with. */
export interface AgentResult<O> {
  readonly value: O;
  /** The name of the agent that answered: the one that was asked, unless it handed over. */
  readonly agent: string;
  /** The text of the final answer. */
  readonly text: string;
  readonly messages: readonly SamplingMessage[];
  /** Its own model turns, repairs of the final answer included. */
  readonly turns: number;
  /** Its own calls of tools. */
  readonly toolCalls: number;
  /** Everything, the agents that its tools started included, in child tasks too. */
  readonly usage: AgentUsage;
  readonly stop: AgentStop;
}

/**
 * What a handler is given beside its input. Every effect that goes through it is journaled: when the
 * call is replayed (a retry of a multi round-trip request, a task resumed elsewhere), completed effects
 * return what they returned and are not repeated. Code between them runs again, so it must not depend
 * on anything but its input and earlier effects.
 */
export interface CallContext {
  /** Unique to this call; a task's is its `taskId`. */
  readonly callId: string;
  readonly revision: Revision;
  readonly principal: Principal;
  readonly client: Client;
  /** W3C trace context (`traceparent`) of the request that made the call, to go on with in requests to others. */
  readonly traceparent?: string;
  /**
   * Aborted when the call is cancelled, times out, or loses its client where the revision says that this cancels. The message of its
   * `reason`, an `AbortError`, says which, in the client's own words where it gave any.
   */
  readonly signal: AbortSignal;
  readonly log: Logger;

  /** Reports progress to whoever asked for it; a task shows `message` as its `statusMessage`. */
  progress(progress: number, total?: number, message?: string): void;

  /**
   * Closes the connection that the answer comes on, so that nothing is held open while the call takes long: the client is asked to
   * come back and finds everything that was said meanwhile, the result too (SEP-1699). Has an effect over HTTP on
   * 2025-11-25, once for every time that the client comes back; nowhere else, and the call goes on in any case.
   */
  closeStream(): void;

  /**
   * Calls `cleaner` once this run of the handler is over, the last one first. That is at its end, and where it parks or goes on in another
   * process, where no `finally` runs; the run after that begins anew and defers anew. An error in it is reported, and nothing else.
   */
  defer(cleaner: () => unknown): void;

  /**
   * Runs `fn` once and records its result (which JSON must carry); a replay returns the record.
   * Names may repeat: the n-th use of a name in a scope is its own step. `fn` is given a key that stays
   * the same however often it must run, to make outside effects idempotent.
   */
  step<T>(name: string, fn: StepFunction<T>, options?: StepOptions): Promise<T>;

  /** Asks the client's model (SEP-1577 when `tools` is given). Throws `CLIENT_CANNOT` if the client declared no sampling. */
  sample(request: SampleRequest, options?: AskOptions): Promise<CreateMessageResult>;

  /** Asks the user by a form of the shape `form`; resolves when they accept, throws `ElicitationDeclined` when not. */
  elicit<T>(message: string, form: SchemaSource<T>, options?: ElicitOptions): Promise<T>;

  /**
   * Sends the user to a page of the app's own, past the client (URL mode, SEP-1036): for secrets, and for the consent of other
   * services. Resolves with what the page is done with, throws `ElicitationDeclined` where they do not open it, and
   * `ELICITATION_EXPIRED` where they come to no end within `timeout` (default 10 minutes). Throws `CLIENT_CANNOT` if the client
   * declared no `elicitation.url`.
   * @throws PerduraError `UNKNOWN_PAGE`, `PAGES_WITHOUT_URL`, `PAGES_WITHOUT_LOGIN`
   */
  elicitUrl<T>(message: string, page: PageClass<T>, options?: ElicitOptions): Promise<T>;

  /** Asks the client which folders and files it works on (`roots/list`). Throws `CLIENT_CANNOT` if it declared no roots. */
  roots(options?: AskOptions): Promise<Root[]>;

  /** Runs an agent: a loop of model turns over its tools, every turn and tool result recorded. */
  agent(agent: Class, request: AgentRequest<string> & { readonly output?: undefined }): Promise<AgentResult<string>>;
  agent<O>(agent: Class, request: AgentRequest<O>): Promise<AgentResult<O>>;

  /**
   * Runs `fn` for every item, at most `concurrency` (default 8) at a time, and resolves with the results in the
   * items' order. Each item has a scope of its own, so that replay does not depend on who finished first.
   */
  all<T, R>(
    items: readonly T[],
    fn: (item: T, ctx: this, index: number) => Awaitable<R>,
    options?: { readonly concurrency?: number },
  ): Promise<R[]>;

  /** Waits; a task that waits long gives its worker back. */
  sleep(duration: Duration): Promise<void>;
  /** The time, recorded: a replay sees the same. Milliseconds since 1970. */
  now(): Promise<number>;
  /** A random UUID, recorded. */
  uuid(): Promise<string>;

  /**
   * What this call has done so far, as a tree of agents, turns, tools, waits and child tasks, with times, models and what they used;
   * of a task, over all its activations. It is not recorded and differs on every run: to decide by it, read it in a `step`.
   */
  trace(): Promise<Trace>;
}

/** Which task is run as a child, and for how long. */
export interface ChildOptions {
  /** Which task of the class, where its methods are several. */
  readonly name?: string;
  /** How long it may take; at most its own `ttl`, and never past the end of the task that starts it. */
  readonly ttl?: Duration;
}

/** A class that `@Task` stands on, or whose methods it does. */
export type TaskClass<I, O> = Class<{ call(input: I, ctx: TaskContext): Awaitable<O> }>;

/** The context of a `@Task`'s handler. */
export interface TaskContext extends CallContext {
  readonly taskId: string;
  /** 1 for the first attempt; grows when the handler failed and the task may try again. */
  readonly attempt: number;

  /**
   * In an `attached` task: from here on it is a task. The client is told so, a worker takes over, and what was recorded up to
   * here is not repeated. Await everything else before; call it in the handler itself, not in a branch, a step or a tool of an
   * agent. It resolves at once where there is nothing to do: in a task that is one already, and in a call whose client knows no tasks.
   */
  detach(): Promise<void>;

  /**
   * Runs another task as a child of this one, on whichever worker has room, and resolves with what it came to: its
   * `structuredContent` where it has an `output`, else its text. Both travel as JSON, so that a `Date` is a text here. A child that
   * fails throws a `ToolError` with its text. While it waits, this task gives its worker back. A child ends with its parent,
   * whichever way that ends; what it asks the user is asked as a question of the task that the client knows. Inside of a request it
   * runs within the call itself.
   * @throws PerduraError `UNKNOWN_TASK`, `TOO_MANY_CHILDREN`
   */
  task<I, O>(task: TaskClass<I, O>, input: NoInfer<JsonOf<I>>, options?: ChildOptions): Promise<JsonOf<O>>;
  /** The same for a task that is a method, by its name. */
  task(task: Class, input: object, options: ChildOptions & { readonly name: string }): Promise<unknown>;
}
