import type { Entry, PromptEntry, ResourceEntry, ResourceTemplateEntry, ToolEntry } from '../catalog/catalog.js';
import { ProtocolError } from '../errors.js';
import type { Budget } from '../metadata/options.js';
import type { Issue } from '../schema/schema.js';
import type { CallToolResult, GetPromptResult, ReadResourceResult } from '../spec.js';
import { activate } from './activation.js';
import { RunningContext } from './call-context.js';
import { errorResult, otherFailure, type Report, toolFailure } from './call-failure.js';
import { CallFrame, type CallPlace, type Services } from './call-frame.js';
import type { Activation, CallSite, Interceptor } from './call.js';
import type { Container } from './container/container.js';
import { compose, type Invoke } from './interceptors.js';
import { issueText } from './results/issues.js';
import { promptResult } from './results/prompt-result.js';
import { resourceResult } from './results/resource-result.js';
import type { Outcome, Runtime } from './runtime.js';
import { RunningCall } from './running-call.js';
import { Scope } from './scope.js';
import { budgeted } from './budget/start-budget.js';
import { toolResult } from './results/tool-result.js';

/** What the runtime of an app is made of. */
export interface RuntimeOptions extends Omit<Services, 'callTool'> {
  readonly container: Container;
  /** The first is the outermost. */
  readonly interceptors: readonly Interceptor[];
  /** The most bytes of one result. Default 1 MiB. */
  readonly resultBytes?: number | undefined;
}

const MEBIBYTE = 1024 * 1024;
const INVALID_PARAMS = -32602;

/** Makes what runs the calls of one app. */
export function createRuntime(options: RuntimeOptions): Runtime {
  return new AppRuntime(options);
}

class AppRuntime implements Runtime {
  private readonly invoke: Invoke;
  private readonly services: Services;
  private readonly limit: number;
  private readonly report: Report;

  constructor({ container, interceptors, resultBytes = MEBIBYTE, ...services }: RuntimeOptions) {
    this.invoke = compose(interceptors, ({ entry, input, ctx }) => {
      if (entry.kind === 'tool' && entry.run) return entry.run(input, ctx);
      const handler = container.handler(entry.target, ctx) as Record<string, (input: unknown, ctx: unknown) => unknown>;
      // The catalog has made sure that the method is there.
      return handler[entry.member]?.(input, ctx);
    });
    this.services = { ...services, callTool: (entry, input, place) => this.callInside(entry, input, place) };
    this.limit = resultBytes;
    this.report = services.report;
  }

  async callTool(entry: ToolEntry, args: unknown, site: CallSite): Promise<Outcome<CallToolResult>> {
    try {
      const validation = entry.input.validate(args ?? {});
      const checked = validation instanceof Promise ? await validation : validation;
      if (!checked.ok) return { kind: 'result', result: errorResult(invalidArguments(entry.name, checked.issues)) };
      const activation = await this.run(entry, checked.value, site);
      if (activation.kind === 'parked') return activation;
      if (activation.kind === 'threw') return toolFailure(activation.error, site, this.report);
      const shaped = toolResult(entry, activation.value, this.limit);
      return { kind: 'result', result: shaped instanceof Promise ? await shaped : shaped };
    } catch (error) {
      return toolFailure(error, site, this.report);
    }
  }

  async readResource(
    entry: ResourceEntry | ResourceTemplateEntry,
    uri: string,
    variables: Readonly<Record<string, string>>,
    site: CallSite,
  ): Promise<Outcome<ReadResourceResult>> {
    return this.other(entry, variables, site, (value) => resourceResult(entry, uri, value, this.limit));
  }

  async getPrompt(entry: PromptEntry, args: unknown, site: CallSite): Promise<Outcome<GetPromptResult>> {
    try {
      const checked = await entry.input.validate(args ?? {});
      if (!checked.ok) throw new ProtocolError(INVALID_PARAMS, invalidArguments(entry.name, checked.issues));
      return await this.other(entry, checked.value, site, (value) => promptResult(entry, value, this.limit));
    } catch (error) {
      return otherFailure(error, site, this.report);
    }
  }

  private async other<R>(
    entry: Entry,
    input: unknown,
    site: CallSite,
    shape: (value: unknown) => R,
  ): Promise<Outcome<R>> {
    const activation = await this.run(entry, input, site);
    if (activation.kind === 'parked') return activation;
    try {
      if (activation.kind === 'threw') throw activation.error;
      return { kind: 'result', result: shape(activation.value) };
    } catch (error) {
      return otherFailure(error, site, this.report);
    }
  }

  private run(entry: Entry, input: unknown, site: CallSite): Promise<Activation> {
    return activate(site, (run) => {
      const frame = new CallFrame(site, run, this.services, entry.name);
      const invoke = (scope?: Scope): unknown =>
        this.invoke(new RunningCall(entry, input, new RunningContext(frame, scope), run, this.report));
      const budget = budgetOf(entry);
      if (!budget) return invoke();
      const root = new Scope(run.activity, '', { meter: site.meter });
      return budgeted(frame.effects, root, budget).then(invoke);
    });
  }

  /** A tool call that an agent makes within a call: same principal, same journal, same activation. */
  private async callInside(entry: ToolEntry, args: unknown, { frame, scope }: CallPlace): Promise<CallToolResult> {
    try {
      const checked = await entry.input.validate(args);
      if (!checked.ok) return errorResult(invalidArguments(entry.name, checked.issues));
      const budget = budgetOf(entry);
      const own = budget ? await budgeted(frame.effects, scope, budget) : scope;
      const ctx = new RunningContext(frame, own);
      const call = new RunningCall(entry, checked.value, ctx, frame.run, this.report);
      // By whichever context it has an effect, that is the tool's: a replay skips it and all its numbers.
      return await toolResult(entry, await own.enter(() => this.invoke(call)), this.limit);
    } catch (error) {
      // Of a tool whose time is over nobody is told anything any more.
      frame.effects.signalIn(scope).throwIfAborted();
      const failed = toolFailure(error, frame.site, this.report);
      return failed.kind === 'result'
        ? failed.result
        : errorResult(failed.kind === 'error' ? failed.error.message : '');
    }
  }
}

const budgetOf = (entry: Entry): Budget | undefined => (entry.kind === 'tool' ? entry.task?.budget : undefined);

function invalidArguments(name: string, issues: readonly Issue[]): string {
  return [`The arguments of "${name}" are not valid:`, ...issues.map((issue) => `- ${issueText(issue)}`)].join('\n');
}
