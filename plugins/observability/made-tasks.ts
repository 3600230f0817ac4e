import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, isSpanContextValid, type Span, SpanKind, trace, type Tracer } from '@opentelemetry/api';
import type { TaskEvent, TaskMaking } from 'perdura';
import { errorTypeOf, linkTo, within } from './call-span.js';
import { fail } from './open-spans.js';

interface Making {
  readonly span: Span;
  isMade: boolean;
}

/** The spans of tasks that this process makes. What they become goes on from them, in whatever process. */
export class MadeTasks {
  readonly #making = new AsyncLocalStorage<Making>();

  constructor(private readonly tracer: Tracer) {}

  /** `inside` is where a task makes a child. */
  async make<T>(
    { task, parent: maker, traceparent }: TaskMaking,
    make: (traceparent?: string) => Promise<T>,
    inside: Context | undefined,
  ): Promise<T> {
    const ambient = context.active();
    const parent = inside ?? within(ambient, traceparent);
    const attributes = {
      'gen_ai.tool.name': task,
      ...(maker !== undefined && { 'perdura.task.parent': maker }),
    };
    const links = inside === undefined ? linkTo(traceparent, trace.getSpanContext(ambient)) : [];
    const span = this.tracer.startSpan(`create_task ${task}`, { kind: SpanKind.PRODUCER, attributes, links }, parent);
    const making = { span, isMade: false };
    try {
      return await this.#making.run(making, () =>
        context.with(trace.setSpan(parent, span), make, undefined, named(span)),
      );
    } catch (error) {
      making.isMade = true;
      fail(span, errorTypeOf(error));
      throw error;
    } finally {
      // One that was there already has a span, from when it was made: a span that never ends is never told of.
      if (making.isMade) span.end();
    }
  }

  created({ taskId }: TaskEvent): void {
    const making = this.#making.getStore();
    if (making === undefined) return;
    making.isMade = true;
    making.span.setAttribute('perdura.call.id', taskId);
  }
}

/** W3C trace context; none of a span that no SDK has made. */
function named(span: Span): string | undefined {
  const of = span.spanContext();
  if (!isSpanContextValid(of)) return undefined;
  return `00-${of.traceId}-${of.spanId}-${(of.traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}
