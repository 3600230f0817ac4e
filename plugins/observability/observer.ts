import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace,
  type Tracer,
} from '@opentelemetry/api';
import type { AgentEvent, Call, Interceptor, MakingInterceptor, ModelInterceptor, RunEnd, TaskEvent } from 'perdura';
import { AgentSpans } from './agent-spans.js';
import { callSpan, errorTypeOf, isErrorResult, within } from './call-span.js';
import { MadeTasks } from './made-tasks.js';
import { type CutOff, OpenSpans } from './open-spans.js';
import { Recent } from './recent.js';

/** One run of a call. */
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

/** A run that has ended in one of these ways without its handler. */
const LEFT: Partial<Record<RunEnd, CutOff>> = { parked: 'parked', yielded: 'yielded', threw: 'unfinished' };

/** What else ends it: the runtime gave it up in the middle. */
const CUT_OFF: Partial<Record<TaskEvent['kind'], CutOff>> = {
  begun: 'unfinished',
  parked: 'parked',
  yielded: 'yielded',
  cancelled: 'cancelled',
  finished: 'unfinished',
};

/** Makes spans of what an app does. */
export class Observer {
  // Not by OpenTelemetry's context, which is empty where the application has registered no manager.
  readonly #place = new AsyncLocalStorage<Place | 'rehearsal'>();
  readonly #tasks = new Recent<BegunTask>();
  readonly #open = new Set<OpenSpans>();
  /** Where calls parked in this process. */
  readonly #parked = new Recent<SpanContext>();
  readonly #made: MadeTasks;

  constructor(
    private readonly tracer: Tracer,
    private readonly recordContent: boolean,
  ) {
    this.#made = new MadeTasks(tracer);
  }

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

  /** What goes to the model, such as the requests of an instrumented `fetch`, is inside of the turn. */
  readonly interceptModel: ModelInterceptor = ({ key }, ask) => {
    const span = this.#here()?.activation.open.get(key);
    return span === undefined ? ask() : context.with(trace.setSpan(context.active(), span), ask);
  };

  readonly interceptMaking: MakingInterceptor = (making, make) => this.#made.make(making, make, this.#inside());

  readonly hearTask = (event: TaskEvent): void => {
    const { kind, taskId, epoch = Infinity } = event;
    if (kind === 'created') return this.#made.created(event);
    const why = CUT_OFF[kind];
    const known = this.#tasks.get(taskId);
    // The end of an activation may be told when the next one has begun.
    if (why === undefined || epoch < (known?.event.epoch ?? 0)) return;
    known?.open?.cutOff(why);
    if (kind === 'begun') this.#tasks.set(taskId, { event });
    else this.#tasks.take(taskId);
    if (kind === 'cancelled' || kind === 'finished') this.#parked.take(taskId);
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

  /** The innermost span that code runs in, without a context manager too. */
  #inside(): Context | undefined {
    const place = this.#here();
    if (place === undefined) return undefined;
    const { open } = place.activation;
    const span = open.get(place.tool?.key ?? '') ?? open.get('');
    return span && trace.setSpan(context.active(), span);
  }

  #activation(call: Call, next: () => Promise<unknown>): Promise<unknown> {
    const { callId, signal, traceparent } = call.ctx;
    const task = this.#tasks.get(callId);
    // What a worker runs in is whatever woke it, which may be somebody else's task.
    const base = task === undefined ? context.active() : ROOT_CONTEXT;
    const before = { begun: task?.event, ambient: trace.getSpanContext(base), parked: this.#parked.take(callId) };
    const { name, ...options } = callSpan(call, before);
    const parent = within(base, traceparent);
    const span = this.tracer.startSpan(name, options, parent);
    const open = new OpenSpans(span, (spans) => this.#open.delete(spans));
    this.#open.add(open);
    if (task !== undefined) this.#tasks.set(callId, { event: task.event, open });
    const activation: Activation = { callId, open, agents: new AgentSpans(this.tracer, open) };
    call.onEnd((how) => {
      const why = LEFT[how];
      if (open.isOver || why === undefined) return;
      if (why === 'parked') this.#parked.set(callId, span.spanContext());
      open.cutOff(why);
    });
    const cancelled = (): void => {
      if (open.isOver) return;
      // Where a client has cancelled; with other errors the runtime stops what has become of no use.
      const { name, message } = signal.reason as Error;
      if (name === 'AbortError') span.setAttribute('perdura.cancelled.because', message);
      open.cutOff('cancelled');
    };
    signal.addEventListener('abort', cancelled, { once: true });
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
