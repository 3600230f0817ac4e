import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT, type Span, trace, type Tracer } from '@opentelemetry/api';
import type { AgentEvent, Call, Interceptor, TaskEvent } from 'perdura';
import { AgentSpans } from './agent-spans.js';
import { callSpan, errorTypeOf, isErrorResult, within } from './call-span.js';
import { type CutOff, OpenSpans } from './open-spans.js';

/** One activation of a call. Only what runs in it holds it. */
interface Activation {
  readonly callId: string;
  readonly open: OpenSpans;
  readonly agents: AgentSpans;
}

/** Where code runs: in an activation, perhaps in a tool that an agent calls. */
interface Place {
  readonly activation: Activation;
  readonly tool?: { readonly key: string; readonly name: string; taken: boolean };
}

interface BegunTask {
  readonly event: TaskEvent;
  readonly open?: OpenSpans;
}

const CUT_OFF: Partial<Record<TaskEvent['kind'], CutOff>> = {
  parked: 'parked',
  yielded: 'yielded',
  cancelled: 'cancelled',
  finished: 'unfinished',
};

/** Makes spans of what an app does. */
export class Observer {
  // Not by OpenTelemetry's context, which is empty where the application has registered no manager.
  readonly #place = new AsyncLocalStorage<Place | 'rehearsal'>();
  readonly #tasks = new Map<string, BegunTask>();
  readonly #open = new Set<OpenSpans>();
  // Nobody tells when a request parks: its handler waits for ever then, and is collected together with its activation.
  readonly #lost = new FinalizationRegistry<OpenSpans>((open) => open.forget());

  constructor(
    private readonly tracer: Tracer,
    private readonly recordContent: boolean,
  ) {}

  readonly intercept: Interceptor = (call, next) => {
    const place = this.#here();
    if (place === undefined || place.activation.callId !== call.ctx.callId) return this.#activation(call, next);
    const { activation, tool } = place;
    const span = tool?.taken === false && tool.name === call.entry.name ? activation.open.get(tool.key) : undefined;
    // Within a call only agents call: anything else goes over what has happened once more, to check it.
    if (tool === undefined || span === undefined) return this.#place.run('rehearsal', next);
    tool.taken = true;
    return context.with(trace.setSpan(context.active(), span), () => this.#content(span, call, next));
  };

  readonly hearTask = (event: TaskEvent): void => {
    const { kind, taskId, epoch = Infinity } = event;
    const why = kind === 'begun' ? 'unfinished' : CUT_OFF[kind];
    const known = this.#tasks.get(taskId);
    // The end of an activation may be told when the next one has begun.
    if (why === undefined || epoch < (known?.event.epoch ?? 0)) return;
    known?.open?.cutOff(why);
    if (kind === 'begun') this.#tasks.set(taskId, { event });
    else this.#tasks.delete(taskId);
  };

  readonly hearAgent = (event: AgentEvent): void => {
    const place = this.#here();
    if (place === undefined) return;
    const { activation } = place;
    activation.agents.hear(event);
    // What runs from here on is the tool's, up to its end.
    if (event.kind === 'tool-started') {
      this.#place.enterWith({ activation, tool: { key: event.key, name: event.tool, taken: false } });
    }
  };

  close(): void {
    for (const open of [...this.#open]) open.cutOff('unfinished');
  }

  /** Work that an activation set off may outlive it, such as the next activation of the same task. */
  #here(): Place | undefined {
    const place = this.#place.getStore();
    return place === undefined || place === 'rehearsal' || place.activation.open.isOver ? undefined : place;
  }

  #activation(call: Call, next: () => Promise<unknown>): Promise<unknown> {
    const { callId, signal, traceparent } = call.ctx;
    const task = this.#tasks.get(callId);
    // The same activation goes through its handler again, since what it waited for has come.
    task?.open?.cutOff('parked');
    // What a worker runs in is whatever woke it, which may be somebody else's task.
    const base = task === undefined ? context.active() : ROOT_CONTEXT;
    const { name, ...options } = callSpan(call, task?.event, trace.getSpanContext(base));
    const parent = within(base, traceparent);
    const span = this.tracer.startSpan(name, options, parent);
    const open = this.#opened(span, callId);
    if (task !== undefined) this.#tasks.set(callId, { event: task.event, open });
    const activation: Activation = { callId, open, agents: new AgentSpans(this.tracer, open) };
    this.#lost.register(activation, open);
    signal.addEventListener('abort', () => open.isOver || open.cutOff('cancelled'), { once: true });
    return this.#place.run({ activation }, () =>
      context.with(trace.setSpan(parent, span), async () => {
        try {
          const value = await this.#content(span, call, next);
          open.end('', {}, isErrorResult(value) ? 'tool_error' : undefined);
          return value;
        } catch (error) {
          open.end('', {}, errorTypeOf(error));
          throw error;
        }
      }),
    );
  }

  // Apart from the activation, since what it closes over must not keep a parked one alive.
  #opened(span: Span, callId: string): OpenSpans {
    const open = new OpenSpans(span, (spans) => {
      this.#open.delete(spans);
      if (this.#tasks.get(callId)?.open === spans) this.#tasks.delete(callId);
    });
    this.#open.add(open);
    return open;
  }

  async #content(span: Span, { entry, input }: Call, next: () => Promise<unknown>): Promise<unknown> {
    if (!this.recordContent || entry.kind !== 'tool') return next();
    span.setAttribute('gen_ai.tool.call.arguments', json(input));
    const value = await next();
    span.setAttribute('gen_ai.tool.call.result', json(value));
    return value;
  }
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
