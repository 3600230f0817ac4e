import { createAgentRunner } from '../../../framework/agent/create-agent-runner.js';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { Class } from '../../../framework/metadata/class.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { CallSite } from '../../../framework/runtime/call.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { createContainer } from '../../../framework/runtime/container/container.js';
import { createRuntime, type RuntimeOptions } from '../../../framework/runtime/create-runtime.js';
import type { Inbox, Question } from '../../../framework/runtime/journal/inbox.js';
import type { Journal } from '../../../framework/runtime/journal/journal.js';
import { ANONYMOUS } from '../../../framework/runtime/principal.js';
import type { Provider } from '../../../framework/runtime/container/provider.js';
import type { InputRequest, InputResponse, LoggingLevel } from '../../../framework/spec.js';

/** A catalog, its container and its runtime. */
export function boot(
  use: readonly Class[],
  { providers = [], ...options }: Partial<RuntimeOptions> & { readonly providers?: readonly Provider[] } = {},
) {
  const catalog = buildCatalog(use);
  const reports: { readonly error: unknown; readonly reference: string }[] = [];
  const runtime = createRuntime({
    container: createContainer(providers, new Set(use)),
    interceptors: [],
    runAgent: createAgentRunner(catalog),
    report: (error, reference) => void reports.push({ error, reference }),
    ...options,
  });
  const call = (name: string, args: unknown, site: CallSite) => {
    const entry = catalog.tools.get(name);
    if (entry === undefined) throw new Error(`There is no tool ${name}.`);
    return runtime.callTool(entry, args, site);
  };
  return { catalog, runtime, reports, call };
}

/** A tool whose handler is whatever a test gives to `run`, which resolves with what that came to. */
export function bootRun() {
  let handler: (ctx: CallContext) => unknown;

  @Tool({ name: 'run', description: 'Runs what the test says.' })
  class Run {
    call(_: object, ctx: CallContext) {
      return handler(ctx) as object;
    }
  }

  const booted = boot([Run]);
  const call = (code: (ctx: CallContext) => unknown, site: CallSite) => {
    handler = code;
    return booted.call('run', {}, site);
  };
  const run = async (code: (ctx: CallContext) => unknown, site: CallSite): Promise<unknown> => {
    const outcome = await call(code, site);
    if (outcome.kind === 'parked') return 'parked';
    if (outcome.kind === 'error') return outcome.error;
    const [block] = outcome.result.content as { text: string }[];
    if (outcome.result.isError) return { error: block?.text };
    return block === undefined ? undefined : JSON.parse(block.text);
  };
  return { run, call, reports: booted.reports };
}

/** A client that answers what it is asked, at once, late or never. */
export class TestInbox implements Inbox {
  readonly asked: { readonly key: string; readonly request: InputRequest; readonly deadline?: number }[] = [];
  readonly slept: { readonly key: string; readonly until: number }[] = [];
  readonly sleeper = new Map<string, () => void>();

  constructor(
    readonly hold = 0,
    private readonly answer: (
      request: InputRequest,
      key: string,
    ) => InputResponse | Promise<InputResponse> | undefined = () => undefined,
  ) {}

  async ask(key: string, { request, deadline }: Question): Promise<InputResponse> {
    this.asked.push({ key, request, ...(deadline !== undefined && { deadline }) });
    return (await this.answer(request, key)) ?? new Promise(() => {});
  }

  sleep(key: string, until: number): Promise<void> {
    this.slept.push({ key, until });
    return new Promise((resolve) => this.sleeper.set(key, resolve));
  }
}

export interface Said {
  readonly progress: (readonly [number, number | undefined, string | undefined])[];
  readonly log: (readonly [LoggingLevel, unknown, string | undefined])[];
}

/** Where a call runs in a test. */
export function siteOf({
  journal = new MemoryJournal(),
  inbox = new TestInbox(),
  said = { progress: [], log: [] },
  controller = new AbortController(),
  ...rest
}: Partial<Omit<CallSite, 'journal' | 'inbox'>> & {
  readonly journal?: Journal;
  readonly inbox?: Inbox;
  readonly said?: Said;
  readonly controller?: AbortController;
} = {}): CallSite {
  return {
    callId: 'call-1',
    revision: '2025-11-25',
    principal: ANONYMOUS,
    client: { capabilities: { elicitation: {}, sampling: { tools: {} } } },
    signal: () => controller.signal,
    channel: {
      progress: (...args) => void said.progress.push([args[0], args[1], args[2]]),
      log: (...args) => void said.log.push([args[0], args[1], args[2]]),
    },
    journal,
    inbox,
    ...rest,
  };
}
