import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { IsBoolean, IsString } from 'class-validator';
import { Agent, type App, type CallContext, createApp, type CreateMessageResult, Prompt, Resource } from 'perdura';
import { Task, type TaskContext, Tool, ToolError } from 'perdura';
import { type ScriptedTurn, scriptedModel } from 'perdura/testing';
import { openTelemetry, type OpenTelemetryOptions } from 'perdura/plugins/observability';
import { checkedConnect as connect } from '../checked-connect.js';
import { AsyncContextManager, exporter, named, parentOf, spans, tracer } from '../fixtures/recorded-spans.js';
import { until } from '../fixtures/until.js';
import { RawClient2025, RawClient2026 } from '../spec/raw-client.js';

const SECRET = 'the-secret-word';
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACED = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01` };

class Topic {
  @IsString() topic!: string;
}
class Consent {
  @IsBoolean() ok!: boolean;
}

@Tool({ name: 'search', description: 'Finds.', input: Topic })
class Search {
  call({ topic }: Topic) {
    tracer.startSpan('query the index', { attributes: { letters: topic.length } }).end();
    return `all of ${topic}`;
  }
}

@Agent({ instructions: 'Research.', tools: [Search] })
class Researcher {}

let waits = 0;

class Desk {
  @Tool({ name: 'ask', description: 'Asks an agent.', input: Topic })
  async ask({ topic }: Topic, ctx: CallContext) {
    return (await ctx.agent(Researcher, { prompt: topic })).value;
  }

  @Tool({ name: 'refuse', description: 'Says no.', input: Topic })
  refuse({ topic }: Topic): string {
    throw new ToolError(`No ${topic}`);
  }

  @Tool({ name: 'break', description: 'Breaks.', input: Topic })
  break({ topic }: Topic): string {
    throw new TypeError(`Broken by ${topic}`);
  }

  @Tool({ name: 'confirm', description: 'Asks the user.', input: Topic })
  async confirm(_: Topic, ctx: CallContext) {
    return String((await ctx.elicit('Sure?', Consent)).ok);
  }

  @Tool({ name: 'wait', description: 'Waits to be cancelled.' })
  wait(_: unknown, ctx: CallContext): Promise<string> {
    return new Promise((_resolve, reject) => {
      ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason as Error));
      waits++;
    });
  }

  @Resource({ name: 'motto', uri: 'desk://motto', mimeType: 'text/plain' })
  motto() {
    return 'Ask.';
  }

  @Resource({ name: 'note', uriTemplate: 'desk://notes/{id}', mimeType: 'text/plain' })
  note({ id }: { id: string }) {
    return id;
  }

  @Prompt({ name: 'brief', description: 'Briefs.', input: Topic })
  brief({ topic }: Topic) {
    return topic;
  }
}

@Task({ name: 'sketch', description: 'Sketches.', input: Topic })
class Sketch {
  call({ topic }: Topic) {
    return topic;
  }
}

@Task({ name: 'outline', description: 'Has it sketched.', input: Topic })
class Outline {
  call({ topic }: Topic, ctx: TaskContext) {
    return ctx.task(Sketch, { topic });
  }
}

@Task({ name: 'report', description: 'Reports, once the user agrees.', input: Topic })
class Report {
  async call({ topic }: Topic, ctx: TaskContext) {
    const { value } = await ctx.agent(Researcher, { prompt: topic });
    await ctx.elicit('Publish?', Consent);
    return value;
  }
}

const turn = (content: CreateMessageResult['content'], outputTokens: number): ScriptedTurn => ({
  ...{ role: 'assistant' as const, model: 'scripted', content },
  usage: { inputTokens: 100, outputTokens },
});
const SCRIPT = [
  turn({ type: 'tool_use', id: 'use-1', name: 'search', input: { topic: SECRET } }, 5),
  turn({ type: 'text', text: SECRET }, 20),
];

describe.each(['2025-11-25', '2026-07-28'] as const)('OpenTelemetry on %s', (revision) => {
  let app: App;
  const raw = () => (revision === '2025-11-25' ? new RawClient2025(app) : new RawClient2026(app));
  const open = async (options: OpenTelemetryOptions = {}, script: readonly ScriptedTurn[] = SCRIPT) => {
    const model = scriptedModel(script);
    //#region plugin
    const use = [Desk, Report, Outline, Sketch, Researcher, Search, openTelemetry({ tracer, ...options })];
    //#endregion
    // So that a task that waits for its user parks at once; and errors are meant here.
    const settings = { tasks: { hold: 0, replayCheck: true }, report: () => undefined };
    app = await createApp({ name: 'desk', version: '1.0.0', use, model, ...settings });
    return connect(app, { revision, elicit: () => ({ action: 'accept', content: { ok: true } }) });
  };
  beforeEach(() => {
    exporter.reset();
    context.setGlobalContextManager(new AsyncContextManager());
  });
  afterEach(async () => {
    await app.close();
    context.disable();
  });

  it('has a span for every call of a tool, resource and prompt', async () => {
    const client = await open();
    await client.callTool('search', { topic: SECRET });
    await client.readResource('desk://motto');
    await client.readResource(`desk://notes/${SECRET}`);
    await client.getPrompt('brief', { topic: SECRET });
    const calls = spans().filter(({ kind }) => kind === SpanKind.SERVER);
    const common = { 'mcp.protocol.version': revision, 'perdura.call.id': expect.any(String) };
    expect(calls.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        'tools/call search',
        {
          ...common,
          'mcp.method.name': 'tools/call',
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'search',
        },
      ],
      ['resources/read', { ...common, 'mcp.method.name': 'resources/read', 'mcp.resource.uri': 'desk://motto' }],
      ['resources/read', { ...common, 'mcp.method.name': 'resources/read', 'perdura.resource.name': 'note' }],
      ['prompts/get brief', { ...common, 'mcp.method.name': 'prompts/get', 'gen_ai.prompt.name': 'brief' }],
    ]);
    expect(parentOf('query the index')).toBe('tools/call search');
  });

  it.each([
    ['refuse', 'tool_error'],
    ['break', 'TypeError'],
  ])('tells that "%s" failed, and not what the error says', async (name, type) => {
    await (await open()).callTool(name, { topic: SECRET });
    const { status, attributes, events } = named(`tools/call ${name}`);
    expect(status).toEqual({ code: SpanStatusCode.ERROR });
    expect(attributes['error.type']).toBe(type);
    expect(events).toEqual([]);
  });

  it.each([
    ['with a context manager', true],
    ['without one', false],
  ])('shows agents, turns and tools as a tree, %s', async (_how, managed) => {
    if (!managed) context.disable();
    await (await open()).callTool('ask', { topic: SECRET });
    const tree = spans().map(({ name }) => [name, parentOf(name)]);
    expect(tree).toEqual([
      ['chat scripted', 'invoke_agent Researcher'],
      ['query the index', managed ? 'execute_tool search' : undefined],
      ['execute_tool search', 'invoke_agent Researcher'],
      ['chat scripted', 'invoke_agent Researcher'],
      ['invoke_agent Researcher', 'tools/call ask'],
      ['tools/call ask', undefined],
    ]);
    expect(named('chat scripted').attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.agent.name': 'Researcher',
      'gen_ai.request.model': 'scripted',
      'gen_ai.response.model': 'scripted',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 5,
      'perdura.agent.turn': 1,
    });
    expect(named('execute_tool search').attributes).toMatchObject({ 'gen_ai.tool.call.id': 'use-1' });
    expect(named('invoke_agent Researcher').attributes).toMatchObject({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'Researcher',
      'perdura.agent.stop': 'answer',
    });
  });

  it('has nothing of arguments, answers and results unless it is asked to', async () => {
    await (await open()).callTool('ask', { topic: SECRET });
    const told = (): string =>
      JSON.stringify(spans().map(({ name, attributes, status }) => [name, attributes, status]));
    expect(told()).not.toContain(SECRET);
    await app.close();
    exporter.reset();
    await (await open({ recordContent: true })).callTool('ask', { topic: SECRET });
    expect(named('execute_tool search').attributes).toMatchObject({
      'gen_ai.tool.call.arguments': JSON.stringify({ topic: SECRET }),
      'gen_ai.tool.call.result': JSON.stringify(`all of ${SECRET}`),
    });
    expect(named('tools/call ask').attributes).toHaveProperty(['gen_ai.tool.call.arguments']);
  });

  it("goes on from the request's own trace, and links the one around it", async () => {
    await open();
    const client = raw();
    const http = tracer.startSpan('POST /mcp');
    await context.with(trace.setSpan(ROOT_CONTEXT, http), async () => {
      await client.request('tools/call', { name: 'search', arguments: { topic: SECRET } }, { meta: TRACED });
      await client.request('resources/read', { uri: 'desk://motto' });
    });
    http.end();
    const call = named('tools/call search');
    expect(call.spanContext().traceId).toBe(TRACE_ID);
    expect(call.parentSpanContext).toMatchObject({ spanId: '00f067aa0ba902b7', isRemote: true });
    expect(call.links.map((link) => link.context.spanId)).toEqual([http.spanContext().spanId]);
    expect(named('query the index').spanContext().traceId).toBe(TRACE_ID);
    expect(parentOf('resources/read')).toBe('POST /mcp');
  });

  it("goes on from the request's trace where a task runs, which is in no other trace", async () => {
    await open();
    const http = tracer.startSpan('POST /mcp');
    const started = { name: 'report', arguments: { topic: SECRET }, ...(revision === '2025-11-25' && { task: {} }) };
    await context.with(trace.setSpan(ROOT_CONTEXT, http), () => raw().request('tools/call', started, { meta: TRACED }));
    await until(() => spans().some(({ name }) => name === 'tools/call report'));
    const made = named('create_task report');
    expect(made.parentSpanContext).toMatchObject({ traceId: TRACE_ID, spanId: '00f067aa0ba902b7' });
    expect(made.links.map((link) => link.context.spanId)).toEqual([http.spanContext().spanId]);
    const activation = named('tools/call report');
    expect(activation.attributes['perdura.call.id']).toBe(made.attributes['perdura.call.id']);
    expect(parentOf('tools/call report')).toBe('create_task report');
    expect(activation.links).toEqual([]);
    expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([TRACE_ID]));
  });

  it('tells calls of one tool apart that run at the same time', async () => {
    const topics = ['a', 'bbb', 'cc'];
    const content = topics.map((topic) => ({
      ...{ type: 'tool_use' as const, id: `use-${topic.length}`, name: 'search', input: { topic } },
    }));
    await (await open({}, [turn(content, 5), 'Done.'])).callTool('ask', { topic: SECRET });
    const queries = spans().filter(({ name }) => name === 'query the index');
    const pairs = queries.map(({ attributes, parentSpanContext }) => [
      `use-${String(attributes['letters'])}`,
      spans().find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.attributes[
        'gen_ai.tool.call.id'
      ],
    ]);
    expect(pairs).toHaveLength(3);
    for (const [query, tool] of pairs) expect(tool).toBe(query);
  });

  it('ends the spans of an agent whose model fails', async () => {
    await (await open({}, [])).callTool('ask', { topic: SECRET });
    const failed = spans().map(({ name, status, attributes }) => [name, status.code, attributes['error.type']]);
    expect(failed).toEqual([
      ['chat', SpanStatusCode.ERROR, '_OTHER'],
      ['invoke_agent Researcher', SpanStatusCode.ERROR, '_OTHER'],
      ['tools/call ask', SpanStatusCode.ERROR, expect.any(String)],
    ]);
  });

  it('has a span for every activation of a task, and none for what is replayed', async () => {
    const client = await open();
    const { taskId } = await client.startTask('report', { topic: SECRET });
    const activations = () => spans().filter(({ name }) => name === 'tools/call report');
    await until(() => activations().length === 1);
    await client.followTask(taskId);
    await until(() => activations().length === 2);
    expect(activations().map(({ kind, attributes }) => [kind, attributes])).toMatchObject([
      [SpanKind.CONSUMER, { 'perdura.call.id': taskId, 'perdura.task.activation': 1, 'perdura.cut_off': 'parked' }],
      [SpanKind.CONSUMER, { 'perdura.call.id': taskId, 'perdura.task.activation': 2 }],
    ]);
    expect(activations()[1]?.attributes).not.toHaveProperty(['perdura.cut_off']);
    expect(spans().filter(({ name }) => name === 'chat scripted')).toHaveLength(2);
    expect(spans().filter(({ name }) => name === 'invoke_agent Researcher')).toHaveLength(1);
    expect(named('invoke_agent Researcher').parentSpanContext?.spanId).toBe(activations()[0]?.spanContext().spanId);
  });

  it('has one trace for a task of a request that names none, over all its activations', async () => {
    const client = await open();
    const { taskId } = await client.startTask('report', { topic: SECRET });
    await client.followTask(taskId);
    const activations = () => spans().filter(({ name }) => name === 'tools/call report');
    await until(() => activations().length === 2);
    const made = named('create_task report');
    expect(made.parentSpanContext).toBeUndefined();
    for (const { parentSpanContext } of activations())
      expect(parentSpanContext?.spanId).toBe(made.spanContext().spanId);
    expect(new Set(spans().map((span) => span.spanContext().traceId)).size).toBe(1);
  });

  it('shows child tasks inside of what makes them', async () => {
    const client = await open();
    await client.runTask('outline', { topic: 'birds' });
    await until(() => spans().filter(({ name }) => name === 'tools/call outline').length > 0);
    expect(parentOf('tools/call sketch')).toBe('create_task sketch');
    const above = named('create_task sketch').parentSpanContext?.spanId;
    expect(spans().find((span) => span.spanContext().spanId === above)?.name).toBe('tools/call outline');
    // The parent comes by its child again once that has ended, and makes no other.
    expect(spans().filter(({ name }) => name === 'create_task sketch')).toHaveLength(1);
  });

  it('has what a model does on its way to the provider inside of its turn', async () => {
    const fetched = (): string => {
      tracer.startSpan('POST').end();
      return 'Done.';
    };
    await (await open({}, [fetched])).callTool('ask', { topic: SECRET });
    const { parentSpanContext } = named('POST');
    expect(spans().find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name).toBe('chat scripted');
  });
});

it('ends the span of a request that ends in a question, and links it from the one that brings the answer', async () => {
  exporter.reset();
  const app = await createApp({
    name: 'desk',
    version: '1.0.0',
    use: [Desk, Researcher, Search, openTelemetry({ tracer })],
  });
  const client = new RawClient2026(app);
  const asked = { name: 'confirm', arguments: { topic: SECRET } };
  const { result } = await client.request('tools/call', asked);
  const { inputRequests, requestState } = result as Record<string, object>;
  const first = named('tools/call confirm');
  expect(first.attributes['perdura.cut_off']).toBe('parked');
  const [key] = Object.keys(inputRequests as object) as [string];
  const inputResponses = { [key]: { action: 'accept', content: { ok: true } } };
  await client.request('tools/call', { ...asked, inputResponses, requestState });
  const last = spans().at(-1);
  expect(last?.attributes).not.toHaveProperty(['perdura.cut_off']);
  expect(last?.attributes['perdura.call.id']).toBe(first.attributes['perdura.call.id']);
  // Perhaps by way of a run that parked while the answer was checked.
  const linked = spans()
    .slice(1)
    .map(({ links }) => links.map((link) => link.context.spanId));
  expect(linked).toEqual(
    spans()
      .slice(0, -1)
      .map((span) => [span.spanContext().spanId]),
  );
  await app.close();
});

it('ends the span of a call whose app closes', async () => {
  exporter.reset();
  const app = await createApp({
    name: 'desk',
    version: '1.0.0',
    use: [Desk, Researcher, Search, openTelemetry({ tracer })],
  });
  waits = 0;
  void new RawClient2025(app).start('tools/call', { name: 'wait' }).response.catch(() => undefined);
  await until(() => waits > 0);
  await app.close();
  expect(named('tools/call wait').attributes['perdura.cut_off']).toMatch(/unfinished|cancelled/);
});

// Spec: cancel.reason
it.each(['2025-11-25', '2026-07-28'] as const)(
  'says on the span why a client cancelled its call, on %s',
  async (on) => {
    exporter.reset();
    waits = 0;
    const app = await createApp({
      name: 'desk',
      version: '1.0.0',
      use: [Desk, Researcher, Search, openTelemetry({ tracer })],
    });
    const channel = {};
    const client = on === '2025-11-25' ? new RawClient2025(app) : new RawClient2026(app, { channel });
    const call = client.start('tools/call', { name: 'wait' });
    const method = 'notifications/cancelled';
    const params = { requestId: call.id, reason: 'Changed my mind.' };
    await until(() => waits > 0);
    if (client instanceof RawClient2025) client.notify(method, params);
    else app.protocol.receive({ jsonrpc: '2.0', method, params }, channel);
    expect((await call.response).silent).toBe(true);
    expect(named('tools/call wait').attributes).toMatchObject({
      'perdura.cut_off': 'cancelled',
      'perdura.cancelled.because': 'The client cancelled the call: Changed my mind.',
    });
    await app.close();
  },
);
