import { randomUUID } from 'node:crypto';
import type { Awaitable, Class } from '../metadata/class.js';
import { milliseconds } from '../metadata/duration.js';
import type { Duration, SchemaSource } from '../metadata/options.js';
import type { CreateMessageResult, Revision, Root } from '../spec.js';
import { AgentRun } from './agent-host.js';
import type { AgentPlace, CallFrame } from './call-frame.js';
import { runChild } from './child-task.js';
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
import { startOnce } from './crash-policy.js';
import { elicit } from './elicitation.js';
import { createLogger } from './logger.js';
import { Meter } from './meter.js';
import type { PageClass } from './page.js';
import type { Principal } from './principal.js';
import { askRoots } from './roots.js';
import { sample } from './sampling.js';
import { innermost, Scope } from './scope.js';
import { persistently, within } from './step-run.js';
import type { Trace } from './trace.js';
import { elicitUrl } from './url-elicitation.js';

/** The context of a call, or of one branch of it. Most handlers use little of it: everything is made on first use. */
export class RunningContext implements TaskContext {
  private logger?: Logger;

  constructor(
    private readonly frame: CallFrame,
    private own?: Scope,
    private readonly within?: AgentPlace,
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
    return this.within?.signal ?? this.frame.site.signal();
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

  async step<T>(name: string, fn: StepFunction<T>, options: StepOptions = {}): Promise<T> {
    const { scope, signal, callId, frame } = this;
    const { attempts = 1, onCrash } = options;
    const timeout = options.timeout === undefined ? frame.site.task?.stepTimeout : milliseconds(options.timeout);
    const meter = scope.meter && new Meter({}, scope.meter);
    const risk = { what: `The step "${name}"`, limit: frame.services.limits.answerBytes };
    const { value } = await frame.effects.record(scope, {
      name,
      asked: ['step', name],
      meter,
      ...(onCrash && { begin: startOnce(frame.effects, scope, { policy: onCrash, ...risk }) }),
      perform: (key) =>
        // Effects inside of the step are numbered by it: a replay that skips the step skips their numbers too.
        scope.activity.branch((activity) =>
          scope
            .child(key, activity, meter)
            .enter(() =>
              persistently(attempts, signal, () => within(timeout, key, signal, (own) => fn(`${callId}/${key}`, own))),
            ),
        ),
    });
    return value as T;
  }

  sample(request: SampleRequest, options?: AskOptions): Promise<CreateMessageResult> {
    const { effects, services } = this.frame;
    return sample(effects, this.scope, request, { ...options, limit: services.limits.answerBytes });
  }

  roots(options?: AskOptions): Promise<Root[]> {
    const { effects, services } = this.frame;
    return askRoots(effects, this.scope, services.limits.answerBytes, options);
  }

  elicit<T>(message: string, form: SchemaSource<T>, options?: ElicitOptions): Promise<T> {
    const { effects, services } = this.frame;
    return elicit(effects, this.scope, services.limits.answerBytes, { message, form, ...(options && { options }) });
  }

  elicitUrl<T>(message: string, page: PageClass<T>, options?: ElicitOptions): Promise<T> {
    return elicitUrl(this.frame, this.scope, { message, page, options });
  }

  agent(agent: Class, request: AgentRequest<string> & { readonly output?: undefined }): Promise<AgentResult<string>>;
  agent<O>(agent: Class, request: AgentRequest<O>): Promise<AgentResult<O>>;
  agent<O>(agent: Class, request: AgentRequest<O>): Promise<AgentResult<O>> {
    const { frame, scope } = this;
    const inner = scope.child(scope.key(`agent:${agent.name}`), scope.activity);
    const host = new AgentRun({ frame, scope: inner, agent: this.within });
    return frame.services.runAgent(host, agent, request as AgentRequest<unknown>) as Promise<AgentResult<O>>;
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
        const inner = scope.child(`${key}.${index}`, activity, division?.shares[index]);
        const ctx = new RunningContext(this.frame, inner, this.within) as this;
        return inner.enter(() => fn(item, ctx, index));
      }),
    );
    return division ? results.finally(() => division.end()) : results;
  }

  task(task: Class, input: unknown, options?: ChildOptions): Promise<never> {
    const { frame, scope, within: agent } = this;
    return runChild({ frame, scope, agent }, task, input, options) as Promise<never>;
  }

  trace(): Promise<Trace> {
    return this.frame.effects.trace.read(this.frame.name);
  }

  detach(): Promise<void> {
    return this.frame.effects.detach(this.scope);
  }

  async sleep(duration: Duration): Promise<void> {
    const { frame, scope } = this;
    const length = milliseconds(duration);
    const now = (): number => frame.site.inbox.now?.() ?? Date.now();
    const { key, value } = await frame.effects.record(scope, {
      name: 'sleep',
      asked: ['sleep', length],
      trace: (until) => ({ until: until as number }),
      perform: () => now() + length,
    });
    const until = value as number;
    if (until > now()) await frame.effects.wait(scope, frame.site.inbox.sleep(key, until));
  }

  async now(): Promise<number> {
    return (await this.recorded('now', () => Date.now())) as number;
  }

  async uuid(): Promise<string> {
    return (await this.recorded('uuid', () => randomUUID())) as string;
  }

  private async recorded(name: string, perform: () => unknown): Promise<unknown> {
    return (await this.frame.effects.record(this.scope, { name, asked: [name], perform })).value;
  }

  private get scope(): Scope {
    return innermost(
      (this.own ??= new Scope(this.frame.run.activity, '', undefined, undefined, this.frame.site.meter)),
    );
  }
}
