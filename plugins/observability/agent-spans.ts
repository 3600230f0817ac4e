import { context, type Context, type Span, type SpanOptions, SpanKind, trace, type Tracer } from '@opentelemetry/api';
import type { AgentEvent } from 'perdura';
import type { OpenSpans } from './open-spans.js';

type Of<K extends AgentEvent['kind']> = Extract<AgentEvent, { readonly kind: K }>;

interface StartedAgent {
  readonly event: Of<'agent-started'>;
  /** Where the handler started it: in it there may be spans of the author's own. */
  readonly from: Context;
}

/** The spans of the agents of one activation. What is replayed has none, nor has an agent of which everything is. */
export class AgentSpans {
  readonly #silent = new Map<string, StartedAgent>();

  constructor(
    private readonly tracer: Tracer,
    private readonly open: OpenSpans,
  ) {}

  hear(event: AgentEvent): void {
    switch (event.kind) {
      case 'agent-started':
        return void this.#silent.set(event.key, { event, from: context.active() });
      case 'turn-started':
        return this.#startTurn(event);
      case 'tool-started':
        return this.#startTool(event);
      case 'turn-ended':
        return this.#endTurn(event);
      case 'tool-ended':
        return this.open.end(event.key, {}, event.isError ? 'tool_error' : undefined);
      case 'agent-ended':
        return this.#endAgent(event);
    }
  }

  #startTurn({ key, agent, turn }: Of<'turn-started'>): void {
    const attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.agent.name': agent, 'perdura.agent.turn': turn };
    this.#start(key, 'chat', { kind: SpanKind.CLIENT, attributes });
  }

  #endTurn({ key, model, usage, failed }: Of<'turn-ended'>): void {
    if (model !== undefined) this.open.get(key)?.updateName(`chat ${model}`);
    const attributes = {
      // Which one was asked for is the model's own affair; what is known is the one that answered.
      ...(model !== undefined && { 'gen_ai.request.model': model, 'gen_ai.response.model': model }),
      ...(usage?.inputTokens !== undefined && { 'gen_ai.usage.input_tokens': usage.inputTokens }),
      ...(usage?.cachedInputTokens !== undefined && {
        'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
      }),
      ...(usage?.outputTokens !== undefined && { 'gen_ai.usage.output_tokens': usage.outputTokens }),
    };
    this.open.end(key, attributes, failed && '_OTHER');
  }

  #startTool({ key, tool, useId }: Of<'tool-started'>): void {
    // A model may ask for what there is not, by a name and an id of any length.
    const [name, id] = [tool.slice(0, 128), useId.slice(0, 128)];
    const attributes = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': name,
      'gen_ai.tool.call.id': id,
    };
    this.#start(key, `execute_tool ${name}`, { kind: SpanKind.INTERNAL, attributes });
  }

  // Without its usage: whoever adds up the spans of a trace would count its turns twice.
  #endAgent({ key, turns, stop }: Of<'agent-ended'>): void {
    this.#silent.delete(key);
    const attributes = { 'perdura.agent.turns': turns, ...(stop !== undefined && { 'perdura.agent.stop': stop }) };
    this.open.end(key, attributes, stop === undefined ? '_OTHER' : undefined);
  }

  #start(key: string, name: string, options: SpanOptions, from?: Context): void {
    if (this.open.isOver) return;
    const inside = from && trace.getSpan(from) ? from : this.#around(key);
    this.open.add(key, this.tracer.startSpan(name, options, inside));
  }

  /** The context of what that key is inside of: keys are paths. */
  #around(key: string): Context {
    let span: Span | undefined;
    for (let end = key.lastIndexOf('/'); end > 0 && span === undefined; end = key.lastIndexOf('/', end - 1)) {
      const outer = key.slice(0, end);
      this.#wake(outer);
      span = this.open.get(outer);
    }
    span ??= this.open.get('');
    return span ? trace.setSpan(context.active(), span) : context.active();
  }

  /** Begins the span of an agent, at the time when it started, once something happens in it that is no replay. */
  #wake(key: string): void {
    const started = this.#silent.get(key);
    if (started === undefined) return;
    this.#silent.delete(key);
    const { agent, at } = started.event;
    const attributes = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': agent };
    const options = { kind: SpanKind.INTERNAL, attributes, startTime: at };
    this.#start(key, `invoke_agent ${agent}`, options, started.from);
  }
}
