/** `perdura/plugins/observability`: calls, tasks and agents as OpenTelemetry spans. */
import type { Tracer } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import type { Plugin } from 'perdura';
import { Observer } from './observer.js';

/** How an app is observed. */
export interface OpenTelemetryOptions {
  /** Makes the spans. Default: that of the global tracer provider, by the name `perdura`. */
  readonly tracer?: Tracer;
  /**
   * Whether spans of tools hold arguments and results, as JSON in `gen_ai.tool.call.arguments` and `gen_ai.tool.call.result`.
   * They hold what users said and what they may see. Default `false`.
   */
  readonly recordContent?: boolean;
}

/**
 * Makes a span of every call of a handler, every activation of a task, and every agent, model turn and tool call in them, by
 * the GenAI and MCP semantic conventions. They go on from the request's `traceparent`, in worker processes too. Spans that
 * handlers make are inside of them, provided that the application has registered a context manager.
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Plugin {
  const { tracer = trace.getTracer('perdura'), recordContent = false } = options;
  return {
    name: 'open-telemetry',
    setup(host) {
      const observer = new Observer(tracer, recordContent);
      host.intercept(observer.intercept);
      host.onTransition(observer.hearTask);
      host.onAgentEvent(observer.hearAgent);
      host.interceptModel(observer.interceptModel);
      host.interceptMaking(observer.interceptMaking);
      host.onClose(() => observer.close());
    },
  };
}
