import { type Attributes, type Context, type Link, type SpanContext, SpanKind, trace } from '@opentelemetry/api';
import { type Call, PerduraError, ProtocolError, type TaskEvent, ToolError } from 'perdura';

const METHODS = {
  tool: 'tools/call',
  prompt: 'prompts/get',
  resource: 'resources/read',
  template: 'resources/read',
} as const;

/** What the span of a call begins with. */
export interface CallSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly links: Link[];
}

/** What came before a call. */
export interface Before {
  /** There where it is an activation of a task. */
  readonly begun: TaskEvent | undefined;
  /** The span that it runs in. */
  readonly ambient: SpanContext | undefined;
  /** The span of the run of it that parked. */
  readonly parked: SpanContext | undefined;
}

/** Describes a call by the conventions for MCP servers. */
export function callSpan({ entry, ctx }: Call, { begun, ambient, parked }: Before): CallSpan {
  const method = METHODS[entry.kind];
  const hasTarget = entry.kind === 'tool' || entry.kind === 'prompt';
  return {
    name: hasTarget ? `${method} ${entry.name}` : method,
    kind: begun === undefined ? SpanKind.SERVER : SpanKind.CONSUMER,
    attributes: {
      'mcp.method.name': method,
      'mcp.protocol.version': ctx.revision,
      'perdura.call.id': ctx.callId,
      ...(entry.kind === 'tool' && { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': entry.name }),
      ...(entry.kind === 'prompt' && { 'gen_ai.prompt.name': entry.name }),
      // Of a template not even the URI: its variables are arguments.
      ...(entry.kind === 'resource' && { 'mcp.resource.uri': entry.uri }),
      ...(entry.kind === 'template' && { 'perdura.resource.name': entry.name }),
      ...(begun?.epoch !== undefined && { 'perdura.task.activation': begun.epoch }),
      ...(begun?.attempt !== undefined && { 'perdura.task.attempt': begun.attempt }),
    },
    links: [
      ...linkTo(ctx.traceparent, ambient),
      ...(parked === undefined ? [] : [{ context: parked, attributes: PARKED }]),
    ],
  };
}

const PARKED = { 'perdura.link': 'parked' };

/** The conventions' rule: the request's own trace is the parent, the transport's is linked. */
export const linkTo = (traceparent: string | undefined, ambient: SpanContext | undefined): Link[] =>
  traceparent !== undefined && ambient !== undefined ? [{ context: ambient }] : [];

/** `base` with the caller's span as the one to go on from, if the request named it. */
export function within(base: Context, traceparent: string | undefined): Context {
  if (traceparent === undefined) return base;
  // The framework lets only well-formed ones through.
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return trace.setSpanContext(base, { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true });
}

/** The kind of an error: a code or a class, never what it says. */
export function errorTypeOf(error: unknown): string {
  if (error instanceof ToolError) return 'tool_error';
  if (error instanceof PerduraError) return error.code;
  if (error instanceof ProtocolError) return String(error.code);
  return (error instanceof Error && error.constructor.name) || '_OTHER';
}

/** What a handler returned, where it says by itself that it failed. */
export const isErrorResult = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'isError' in value && value.isError === true;
