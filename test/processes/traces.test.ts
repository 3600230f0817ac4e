import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trace, TraceSpan } from 'perdura';
import { until } from '../fixtures/until.js';
import { type Fields, message, openSession, start, startStateless } from './client.js';
import { Crew, type Member } from './crew.js';

/** Each start compiles the sources anew, on a machine that does other things too. */
jest.setTimeout(120_000);

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('A task whose worker is killed in the middle, with web and workers in processes of their own', () => {
  let crew: Crew;
  let web: Member;
  let folder: string;
  let taskId: string;
  const [workers, result] = [[] as Member[], {} as { told?: Trace; team?: Fields }];

  /** The spans that have ended so far, in whatever process. */
  const spans = (): Fields[] => {
    const file = join(folder, 'spans');
    if (!existsSync(file)) return [];
    // The last line may be half of one.
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Fields);
  };
  const named = (name: string): Fields[] => spans().filter((span) => span['name'] === name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdura-traces-'));
    const program = join(__dirname, '../fixtures/traced-member.ts');
    crew = await Crew.start({ program, env: { SPANS: join(folder, 'spans') } });
    const [served, first] = await Promise.all([crew.add('web'), crew.add('worker')]);
    web = served;
    workers.push(first);
    const file = join(folder, 'gate');
    const begin = async (name: string): Promise<string> => {
      const call = { name, arguments: { file } };
      const answering = await startStateless(web.port, 'tools/call', call, 'ada', {
        traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
      });
      return (await answering.response())['result'].taskId as string;
    };
    taskId = await begin('research');
    const team = await begin('team');
    const gates = [file, `${file}.a`, `${file}.b`, `${file}.c`];
    const isMidway = (): boolean => named('chat model-1').length === 1 && named('chat model-2').length === 3;
    await until(() => gates.every((gate) => existsSync(`${gate}.waits`)) && isMidway(), 60_000);
    await first.end('SIGKILL');
    await Promise.all(gates.map((gate) => writeFile(gate, '')));
    workers.push(await crew.add('worker'));
    const read = async (id: string): Promise<Fields> =>
      (await (await startStateless(web.port, 'tasks/get', { taskId: id })).response())['result'] as Fields;
    for (const id of [taskId, team]) await until(async () => (await read(id))['status'] === 'completed', 60_000);
    result.told = JSON.parse((await read(taskId))['result'].content[0].text as string) as Trace;
    result.team = (await read(team))['result'] as Fields;
    await until(() => named('tools/call research').length > 0);
  });
  afterAll(async () => {
    await crew.close();
    await rm(folder, { recursive: true });
  });

  it('is one trace over all of them, whose turns are asked once', () => {
    const [first, second] = workers.map(({ pid }) => pid);
    expect(new Set(spans().map(({ traceId }) => traceId as string))).toEqual(new Set([TRACE_ID]));
    const [made] = named('create_task research');
    expect(made).toMatchObject({ pid: web.pid, parent: '00f067aa0ba902b7', attributes: { 'perdura.call.id': taskId } });
    // What the first worker was in the middle of went with it.
    const activation = named('tools/call research').at(-1);
    expect(activation).toMatchObject({ pid: second, parent: made?.['spanId'] });
    expect(activation?.['attributes']['perdura.task.activation']).toBeGreaterThan(1);
    const chat = (pid: number | undefined, turn: number): object => ({
      pid,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.agent.name': 'Searcher',
        'gen_ai.response.model': 'model-1',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': turn === 1 ? 1 : 3,
        'perdura.agent.turn': turn,
      },
    });
    expect(named('chat model-1')).toMatchObject([chat(first, 1), chat(second, 2)]);
    const tool = { 'gen_ai.tool.name': 'search', 'gen_ai.tool.call.id': 'use-1' };
    expect(named('execute_tool search').at(-1)).toMatchObject({ pid: second, attributes: tool });
    const agent = named('invoke_agent Searcher').at(-1);
    expect(agent).toMatchObject({ pid: second, parent: activation?.['spanId'] });
  });

  it('keeps the budget that its agents share, in child tasks too: what one process used the next one knows', () => {
    expect(result.team?.['content']).toEqual([{ type: 'text', text: '3 turns, 3 turns, 3 turns' }]);
    const [first, second] = workers.map(({ pid }) => pid);
    const asked = named('chat model-2').map(({ pid }) => pid as number);
    expect(asked).toEqual([...[first, first, first], ...[second, second, second, second, second, second]]);
  });

  const resource = async (owner: string, uri = `task://${taskId}/trace`): Promise<Fields> =>
    (await startStateless(web.port, 'resources/read', { uri }, owner)).response();
  const traceIn = ({ result }: Fields): Trace => JSON.parse(result.contents[0].text as string) as Trace;

  it('tells its handler and its owner the same of what it did: each turn once, and which were replayed', async () => {
    const trace = traceIn(await resource('ada'));
    expect(trace.spans).toEqual(result.told?.spans);
    expect(trace).toMatchObject({ taskId, status: 'completed', turns: 2 });
    expect(trace.usage).toEqual({ inputTokens: 200, outputTokens: 4 });
    expect(trace.activations).toBeGreaterThan(1);
    const [agent] = trace.spans;
    const facts = ({ kind, name, usage, model }: TraceSpan): unknown => [kind, name, usage?.outputTokens, model];
    expect(agent?.spans.map(facts)).toEqual([
      ['turn', '1', 1, 'model-1'],
      ['tool', 'search', undefined, undefined],
      ['turn', '2', 3, 'model-1'],
    ]);
    expect(agent?.spans[0]?.replayed).toBe(true);
    const headers = await openSession(web.port);
    const body = message('resources/read', { uri: `task://${taskId}/trace` });
    expect(traceIn(await (await start(web.port, { headers, body })).response())).toEqual(trace);
  });

  it('shows an operator at the web process what the workers have done', async () => {
    const at = `http://127.0.0.1:${web.port}/dashboard`;
    const list = await (await fetch(`${at}?status=completed&owner=ada`)).text();
    expect(list).toContain(`/dashboard/tasks/${taskId}`);
    const page = await (await fetch(`${at}/tasks/${taskId}`)).text();
    expect(page).toMatch(/<span class="kind agent">agent<\/span>\s*<span class="name">Searcher</);
    expect(page).toContain('200 → 4 tokens');
    expect(page).toContain('aria-label="replayed"');
  });

  it('tells it nobody else', async () => {
    expect((await resource('eve'))['error']).toMatchObject({ code: -32602, message: 'Resource not found' });
    const headers = await openSession(web.port, 'eve');
    const body = message('resources/read', { uri: `task://${taskId}/trace` });
    const { error } = await (await start(web.port, { headers, body })).response();
    expect(error).toMatchObject({ code: -32002, message: 'Resource not found' });
  });
});
