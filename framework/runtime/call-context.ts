import { randomUUID } from 'node:crypto';
import type { Awaitable, Class } from '../metadata/class.js';
import { milliseconds } from '../metadata/duration.js';
import type { Duration, SchemaSource } from '../metadata/options.js';
import type { CreateMessageResult, Revision, Root } from '../spec.js';
import { AgentRun } from './agents/agent-host.js';
import type { CallFrame } from './call-frame.js';
import { runChild } from './journal/child-task.js';
import { mapConcurrently } from './concurrently.js';
import type {
  AgentRequest,
  AgentResult,
  AskOptions,
  ChildOptions,
  Client,
  ElicitOptions,
  Logger,
  SampleRequest,
  StepFunction,
  StepOptions,
  TaskContext,
} from './context.js';
import { startOnce } from './journal/crash-policy.js';
import { elicit } from './asking/elicitation.js';
import { timeOf } from './journal/inbox.js';
import { createLogger } from './logger.js';
import { Meter } from './budget/meter.js';
import type { PageClass } from './asking/page.js';
import type { Principal } from './principal.js';
import { askRoots } from './asking/roots.js';
import { sample } from './asking/sampling.js';
import { innermost, Scope } from './scope.js';
import { persistently, within } from './journal/step-run.js';
import type { Trace } from './trace/trace.js';
import { elicitUrl } from './asking/url-elicitation.js';

/** The context of a call, or of one branch of it. Most handlers use little of it: everything is made on first use. */
export class RunningContext implements TaskContext {
  private logger?: Logger;

  constructor(
    private readonly frame: CallFrame,
    private own?: Scope,
  ) {}

  get callId(): string {
    return this.frame.site.callId;
  }

  get revision(): Revision {
    return this.frame.site.revision;
  }

  get principal(): Principal {
    return this.frame.site.principal;
  }

  get client(): Client {
    return this.frame.site.client;
  }

  get traceparent(): string | undefined {
    return this.frame.site.traceparent;
  }

  get signal(): AbortSignal {
    return (this.own && innermost(this.own).signal) ?? this.frame.site.signal();
  }

  /** A task that runs inside its request, for a client that knows no tasks, goes by its call's id. */
  get taskId(): string {
    return this.frame.site.task?.taskId ?? this.frame.site.callId;
  }

  get attempt(): number {
    return this.frame.site.task?.attempt ?? 1;
  }

  get log(): Logger {
    return (this.logger ??= createLogger(this.frame.site.channel));
  }

  progress(progress: number, total?: number, message?: string): void {
    this.frame.progress.report(progress, total, message);
  }

  closeStream(): void {
    this.frame.site.channel.closeStream?.();
  }

  defer(cleaner: () => unknown): void {
    this.frame.defer(cleaner);
  }

  step<T>(name: string, fn: StepFunction<T>, options: StepOptions = {}): Promise<T> {
    return heard(this.runStep(name, fn, options));
  }

  private async runStep<T>(name: string, fn: StepFunction<T>, options: StepOptions): Promise<T> {
    const { scope, signal, callId, frame } = this;
    const { attempts = 1, onCrash } = options;
    const timeout = options.timeout === undefined ? frame.site.task?.stepTimeout : milliseconds(options.timeout);
    const meter = scope.meter && new Meter({}, scope.meter);
    const { value } = await frame.effects.record(scope, {
      name,
      asked: ['step', name],
      meter,
      ...(onCrash && { begin: startOnce(frame.effects, scope, { policy: onCrash, what: `The step "${name}"` }) }),
      perform: (key) =>
        scope.activity.branch((activity) =>
          persistently(attempts, signal, (attempt) =>
            within(timeout, key, signal, (own) => {
              // Effects inside of the step are numbered by it, since a replay that skips it skips their numbers too; and by the attempt,
              // since how far the one before it came may differ in a replay.
              const inner = scope.child(attempt === 1 ? key : `${key}~${attempt}`, activity, { meter, signal: own });
              return inner.enter(() => fn(`${callId}/${key}`, own));
            }),
          ),
        ),
    });
    return value as T;
  }

  sample(request: SampleRequest, options?: AskOptions): Promise<CreateMessageResult> {
    return heard(sample(this.frame.effects, this.scope, request, options));
  }

  roots(options?: AskOptions): Promise<Root[]> {
    return heard(askRoots(this.frame.effects, this.scope, options));
  }

  elicit<T>(message: string, form: SchemaSource<T>, options?: ElicitOptions): Promise<T> {
    return heard(elicit(this.frame.effects, this.scope, { message, form, options }));
  }

  elicitUrl<T>(message: string, page: PageClass<T>, options?: ElicitOptions): Promise<T> {
    return heard(elicitUrl(this.frame, this.scope, { message, page, options }));
  }

  agent(agent: Class, request: AgentRequest<string> & { readonly output?: undefined }): Promise<AgentResult<string>>;
  agent<O>(agent: Class, request: AgentRequest<O>): Promise<AgentResult<O>>;
  agent<O>(agent: Class, request: AgentRequest<O>): Promise<AgentResult<O>> {
    const { frame, scope } = this;
    const inner = scope.child(scope.key(`agent:${agent.name}`), scope.activity, { depth: scope.depth + 1 });
    const host = new AgentRun({ frame, scope: inner });
    return heard(frame.services.runAgent(host, agent, request as AgentRequest<unknown>) as Promise<AgentResult<O>>);
  }

  all<T, R>(
    items: readonly T[],
    fn: (item: T, ctx: this, index: number) => Awaitable<R>,
    options?: { readonly concurrency?: number },
  ): Promise<R[]> {
    const scope = this.scope;
    const key = scope.key('all');
    const division = scope.meter?.divide(items.length);
    const results = mapConcurrently(items, options?.concurrency ?? 8, (item, index) =>
      scope.activity.branch((activity) => {
        const inner = scope.child(`${key}.${index}`, activity, division && { meter: division.shares[index] });
        const ctx = new RunningContext(this.frame, inner) as this;
        return inner.enter(() => fn(item, ctx, index));
      }),
    );
    return heard(division ? results.finally(() => division.end()) : results);
  }

  task(task: Class, input: unknown, options?: ChildOptions): Promise<never> {
    const { frame, scope } = this;
    return heard(runChild({ frame, scope }, task, input, options) as Promise<never>);
  }

  trace(): Promise<Trace> {
    return this.frame.effects.trace.read(this.frame.name);
  }

  detach(): Promise<void> {
    return this.frame.effects.detach(this.scope);
  }

  sleep(duration: Duration): Promise<void> {
    return heard(this.pause(duration));
  }

  private async pause(duration: Duration): Promise<void> {
    const { frame, scope } = this;
    const length = milliseconds(duration);
    const { inbox } = frame.site;
    const { key, value } = await frame.effects.record(scope, {
      name: 'sleep',
      asked: ['sleep', length],
      trace: (until) => ({ until: until as number }),
      perform: () => timeOf(inbox) + length,
    });
    const until = value as number;
    if (until > timeOf(inbox)) await frame.effects.wait(scope, inbox.sleep(key, until));
  }

  now(): Promise<number> {
    return heard(this.recorded('now', () => Date.now()));
  }

  uuid(): Promise<string> {
    return heard(this.recorded('uuid', () => randomUUID()));
  }

  private async recorded<T>(name: string, perform: () => T): Promise<T> {
    return (await this.frame.effects.record(this.scope, { name, asked: [name], perform })).value as T;
  }

  private get scope(): Scope {
    return innermost((this.own ??= new Scope(this.frame.run.activity, '', { meter: this.frame.site.meter })));
  }
}

/**
 * The same promise. Where nobody waits for it yet, as when the call is cancelled while its handler is at something else, its failure
 * is the call's affair and must not end the process, and all other calls with it.
 */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
