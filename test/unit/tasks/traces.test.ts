import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { buildTrace } from '../../../framework/runtime/trace/build-trace.js';
import type { CallContext, TaskContext } from '../../../framework/runtime/context.js';
import { formatTrace } from '../../../framework/runtime/trace/format-trace.js';
import type { TraceNote } from '../../../framework/runtime/trace/trace-note.js';
import type { Trace } from '../../../framework/runtime/trace/trace.js';
import { boot, siteOf } from '../runtime/runtime-fixture.js';
import { Engine } from './engine.js';

class Consent {
  @IsBoolean() ok!: boolean;
}

@Task({ name: 'ask', description: 'Asks.' })
class Ask {
  async call(_: object, ctx: TaskContext) {
    await ctx.step('before', () => 1);
    await ctx.all(['a', 'b'], async (item, branch) => branch.step(item, () => item));
    await ctx.elicit('Go on?', Consent);
    await ctx.step('after', () => Promise.reject(new Error('no'))).catch(() => undefined);
    return JSON.stringify(await ctx.trace());
  }
}

const shapeOf = ({ spans }: Pick<Trace, 'spans'>): unknown =>
  spans.map(({ name, replayed, failed, duration, ...rest }) => [
    `${name}${replayed ? ' replayed' : ''}${failed ? ' failed' : ''}${duration === undefined ? ' open' : ''}`,
    ...(rest.spans.length > 0 ? [shapeOf(rest)] : []),
  ]);

it('tells of a task that waits what is open, and of one that went on what was replayed', async () => {
  const engine = new Engine([Ask]);
  const taskId = await engine.start('ask');
  await engine.idle(taskId);
  const branches = [['all[0]', [['a']]], ['all[1]', [['b']]]]; // prettier-ignore
  const waiting = await engine.tasks.trace('alice', taskId);
  expect(waiting).toMatchObject({ status: 'input_required', activations: 1 });
  expect(waiting?.duration).toBeUndefined();
  expect(shapeOf(waiting as Trace)).toEqual([['before'], ...branches, ['elicit open']]);
  engine.timed.advance(60_000);
  await engine.accept(taskId, { ok: true });
  await engine.ended(taskId);
  const trace = (await engine.tasks.trace('alice', taskId)) as Trace;
  expect(trace).toMatchObject({ status: 'completed', activations: 2, turns: 0 });
  expect(shapeOf(trace)).toEqual([
    ['before replayed'],
    ['all[0] replayed', [['a replayed']]],
    ['all[1] replayed', [['b replayed']]],
    ['elicit'],
    ['after failed'],
  ]);
  // The wait lasted from the question to its answer, though no process was there for most of it.
  expect(trace.spans[3]?.duration).toBeGreaterThanOrEqual(60_000);
  expect(trace.duration).toBeGreaterThanOrEqual(60_000);
  await engine.tasks.close();
});

@Tool({ name: 'look', description: 'Looks at its own trace.' })
class Look {
  async call(_: object, ctx: CallContext) {
    await ctx.step('one', () => 1);
    await ctx.sleep('2s');
    return JSON.stringify(await ctx.trace());
  }
}

it('tells of a call that is no task what this run of it has done', async () => {
  const { call } = boot([Look]);
  const inbox = { hold: 0, ask: () => new Promise<never>(() => undefined), sleep: () => Promise.resolve() };
  const outcome = await call('look', {}, siteOf({ inbox }));
  const { content } = (outcome as { result: { content: { text: string }[] } }).result;
  const trace = JSON.parse(content[0]?.text ?? '') as Trace;
  expect(trace).toMatchObject({ taskId: 'call-1', name: 'look', activations: 1 });
  expect(trace.spans).toMatchObject([{ name: 'one' }, { kind: 'wait', name: 'sleep' }]);
  expect(trace.spans[1]?.duration).toBeGreaterThanOrEqual(2_000);
});

it('shows what the runtime asks around a tool call or a turn inside of it, and counts a summary once', () => {
  const traced = { taskId: 't', name: 'work', status: 'completed', activations: 1, start: 0, duration: 90 } as const;
  const at = { task: 't', epoch: 1, ms: 10 };
  const agent = 'agent:A#1';
  const notes: TraceNote[] = [
    { ...at, at: 20, kind: 'wait', key: `${agent}/tool:id#1~approval/elicit#1` },
    { ...at, at: 30, kind: 'wait', key: `${agent}/tool:id#1~again.1/elicit#1` },
    { ...at, at: 40, kind: 'tool', key: `${agent}/tool:id#1`, name: 'order' },
    {
      ...at,
      at: 60,
      kind: 'turn',
      key: `${agent}/turn#2~context/turn#1`,
      model: 'm',
      usage: { outputTokens: 7, cost: 1 },
    },
    { ...at, at: 75, kind: 'step', key: 'tea~time#1' },
    { ...at, at: 90, kind: 'step', key: 'flaky#1~2/inner#1' },
    { ...at, at: 85, kind: 'step', key: 'flaky#1' },
    // As asked by changed code (`onChange: 'continue'`): an effect of its own.
    { ...at, at: 80, kind: 'step', key: 'tea~time#1~h2gZ1DEXMSSXFWkG0vY7U0' },
    { ...at, at: 60, ms: 30, kind: 'turn', key: `${agent}/turn#2`, model: 'm', usage: { outputTokens: 4 } },
  ];
  const expected = [
    'task work · completed · 2 turns · ? → 11 tokens · cost 1 · 90 ms',
    '├─ agent A · 2 turns · ? → 11 tokens · cost 1 · 70 ms',
    '│  ├─ tool order · 30 ms',
    '│  │  ├─ wait elicit · 10 ms',
    '│  │  └─ wait elicit · 10 ms',
    '│  └─ turn 2 · m · ? → 11 tokens · cost 1 · 30 ms',
    '│     └─ turn summary · m · ? → 7 tokens · cost 1 · 10 ms',
    '├─ step tea~time · 10 ms',
    '├─ step tea~time · 10 ms',
    '└─ step flaky · 10 ms',
    '   └─ step inner · 10 ms',
    '',
  ].join('\n');
  expect(formatTrace(buildTrace(traced, notes))).toBe(expected);
});

it('is put together from notes in any order, and from notes whose beginnings are missing', () => {
  const traced = { taskId: 't', name: 'work', status: 'failed', activations: 3, start: 0, duration: 61_000 } as const;
  const at = { task: 't', epoch: 3, at: 10, ms: 1_500 };
  const notes: TraceNote[] = [
    { task: 'child', epoch: 1, kind: 'task', key: '', at: 50, failed: true },
    { task: 'child', epoch: 1, kind: 'step', key: 'deep%2fname#1', at: 20, ms: 5 },
    { ...at, kind: 'tool', key: 'agent:A#1/tool:id#1', name: 'search', failed: true },
    { ...at, epoch: 2, kind: 'turn', key: 'agent:A#1/turn#1', model: 'm', usage: { outputTokens: 4, estimated: true } },
    { task: 't', epoch: 3, kind: 'task', key: 'task:c#1', at: 15, name: 'c', child: 'child' },
    { ...at, at: 70_000, kind: 'step', key: 'lost/inner#1' },
  ];
  const expected = [
    'task work · failed · 1 turn · ≈ ? → 4 tokens · 1.0 min · 3 activations',
    '├─ agent A · 1 turn · ≈ ? → 4 tokens · 1.5 s',
    '│  ├─ tool search · 1.5 s · failed',
    '│  └─ turn 1 · m · ≈ ? → 4 tokens · 1.5 s · replayed',
    '├─ task c · 35 ms',
    '│  └─ step deep/name · 5 ms',
    '└─ step lost · 1.5 s',
    '   └─ step inner · 1.5 s',
    '',
  ].join('\n');
  expect(formatTrace(buildTrace(traced, notes))).toBe(expected);
});
