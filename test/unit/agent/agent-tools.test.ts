import { IsString } from 'class-validator';
import { agentTool } from '../../../framework/agent/agent-tool.js';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { scriptedModel } from '../../../framework/testing/scripted-model.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import { boot, siteOf } from '../runtime/runtime-fixture.js';
import { runAgent, toldOf } from './agent-fixture.js';

class Word {
  @IsString() word!: string;
}

const seen: unknown[] = [];

const shout = agentTool({
  name: 'shout',
  description: 'Says it louder.',
  input: Word,
  async call({ word }, ctx: CallContext) {
    seen.push(ctx.principal.owner);
    return ctx.step('shout', () => word.toUpperCase());
  },
});
const today = agentTool({ name: 'today', call: () => ({ day: 'Monday' }) });
const remote = agentTool<Record<string, unknown>>({
  name: 'remote',
  inputSchema: { type: 'object', properties: { at: { type: 'string' } } },
  call: (input) => ({ content: [{ type: 'text', text: JSON.stringify(input) }] }),
});

@Agent({ instructions: 'Help.', tools: [shout, today, remote] })
class Helper {}

beforeEach(() => seen.splice(0));

describe('a tool made by agentTool', () => {
  it('is offered to its agent and called like any other, its input checked', async () => {
    const model = scriptedModel([
      {
        calls: [
          { name: 'shout', input: { word: 'hi' } },
          { name: 'shout', input: { word: 7 } },
          { name: 'today' },
          { name: 'remote', input: { at: 5 } },
        ],
      },
      'Done.',
    ]);
    await runAgent(Helper, { prompt: 'Go.' }, { model });
    expect(model.requests[0]?.tools).toEqual([
      { name: 'shout', description: 'Says it louder.', inputSchema: expect.objectContaining({ required: ['word'] }) },
      { name: 'today', inputSchema: { type: 'object', additionalProperties: false } },
      { name: 'remote', inputSchema: { type: 'object', properties: { at: { type: 'string' } } } },
    ]);
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual([
      'use-1-0 HI',
      expect.stringMatching(/^use-1-1! The arguments of "shout" are not valid:\n- word/),
      'use-1-2 {"day":"Monday"}',
      'use-1-3 {"at":5}',
    ]);
    expect(seen).toEqual(['anonymous']);
  });

  it('may be given for one run, and passes the interceptors of the app', async () => {
    const model = scriptedModel([{ calls: [{ name: 'extra' }] }, 'Done.']);
    const names: string[] = [];
    const interceptors = [
      (call: { entry: { name: string } }, next: () => Promise<unknown>) => {
        names.push(call.entry.name);
        return next();
      },
    ];
    const extra = agentTool({ name: 'extra', call: () => 'more' });
    await runAgent(Helper, { prompt: 'Go.', tools: [extra] }, { model, interceptors });
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual(['use-1-0 more']);
    expect(names).toEqual(['run_agent', 'extra']);
  });

  it('is checked at the start like any other: its name, and that no other has it', () => {
    @Agent({
      instructions: 'x',
      tools: [
        agentTool({ name: 'a b', call: () => 1 }),
        today,
        agentTool({ name: 'today', call: () => 2 }),
        'x' as never,
      ],
    })
    class Broken {}
    let codes: readonly string[] = [];
    try {
      buildCatalog([Broken]);
    } catch (error) {
      codes = (error as { mistakes: readonly { code: string }[] }).mistakes.map(({ code }) => code);
    }
    expect(codes).toEqual(expect.arrayContaining(['ILLEGAL_NAME', 'DUPLICATE_AGENT_TOOL', 'NOT_A_CLASS']));
  });
});

describe('a source of tools', () => {
  const source = () => {
    const loads: string[] = [];
    const load = ({ owner }: { owner: string }) => {
      loads.push(owner);
      return [today];
    };
    return { name: 'elsewhere', load, loads };
  };
  const script = () => scriptedModel([{ calls: [{ name: 'today' }] }, 'Done.']);

  it('is listed once for a run, for its caller, and not at all where everything is recorded', async () => {
    const elsewhere = source();
    const journal = new MemoryJournal();
    @Agent({ instructions: 'Help.', tools: [elsewhere] })
    class Visitor {}
    const model = script();
    const first = await runAgent(Visitor, { prompt: 'Go.' }, { model, journal });
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['today']);
    expect(elsewhere.loads).toEqual(['anonymous']);
    const again = await runAgent(Visitor, { prompt: 'Go.' }, { model: script(), journal });
    expect(again.result).toEqual(first.result);
    expect(elsewhere.loads).toEqual(['anonymous']);
  });

  it('may have lost a tool that was called before: what that came to stands', async () => {
    const journal = new MemoryJournal();
    @Agent({ instructions: 'Help.', tools: [source()] })
    class Visitor {}
    await runAgent(Visitor, { prompt: 'Go.' }, { model: script(), journal });
    const cut = new MemoryJournal(journal.entries().filter(([key]) => !key.endsWith('turn#2')));
    @Agent({ name: 'Visitor', instructions: 'Help.' })
    class Alone {}
    Object.defineProperty(Alone, 'name', { value: 'Visitor' });
    const model = scriptedModel(['Still done.']);
    const { result } = await runAgent(Alone, { prompt: 'Go.' }, { model, journal: cut });
    expect(result.value).toBe('Still done.');
    expect(toldOf(model.requests[0]?.messages.at(-1))).toEqual(['use-1-0 {"day":"Monday"}']);
  });

  it('fails the turn of the agent where it cannot be listed', async () => {
    const broken = { name: 'broken', load: () => Promise.reject(new Error('connection refused')) };
    const { error } = await runAgent(Helper, { prompt: 'Go.', tools: [broken] }, { model: scriptedModel(['x']) });
    expect(error).toMatchObject({ message: 'connection refused' });
  });
});

describe('a tool that uses the context around its agent', () => {
  it('has effects of its own there: a replay that skips the tool finds what comes after it', async () => {
    let effects = 0;
    const model = scriptedModel([{ calls: [{ name: 'count' }, { name: 'count' }] }, 'Done.']);

    @Tool({ name: 'work', description: 'Counts in an agent, and after it.' })
    class Work {
      async call(_: object, ctx: CallContext) {
        const next = (): Promise<number> => ctx.step('count', () => ++effects);
        const count = agentTool({ name: 'count', approval: async () => (await next()) < 0, call: next });
        const { messages } = await ctx.agent(Counter, { prompt: 'Count.', tools: [count] });
        return [toldOf(messages[2]), await next()];
      }
    }

    @Agent({ instructions: 'Count.' })
    class Counter {}

    const { call } = boot([Work, Counter], { model });
    const journal = new MemoryJournal();
    const first = await call('work', {}, siteOf({ journal }));
    expect(first).toMatchObject({ result: { content: [{ text: '[["use-1-0 3","use-1-1 4"],5]' }] } });
    expect(await call('work', {}, siteOf({ journal }))).toEqual(first);
    expect(effects).toBe(5);
  });
});

describe('agents that start each other through their tools', () => {
  it.each(['the call of the tool', 'the call around them all'])(
    'come to an end, by the context of %s too',
    async (by) => {
      let outermost: CallContext | undefined;
      let started = 0;
      const again = agentTool({
        name: 'again',
        async call(_, own) {
          started++;
          const ctx = by === 'the call of the tool' ? own : (outermost as CallContext);
          return (await ctx.agent(Echo, { prompt: 'Go.' })).text;
        },
      });
      @Agent({ instructions: 'Start yourself.', tools: [again] })
      class Echo {}

      const { result, reports } = await runAgent(
        Echo,
        { prompt: 'Go.' },
        {
          interceptors: [
            (call, next) => {
              outermost ??= call.ctx;
              return next();
            },
          ],
          model: ({ messages }) =>
            Promise.resolve({
              role: 'assistant',
              model: 'test',
              content:
                messages.length > 1
                  ? { type: 'text', text: 'Done.' }
                  : { type: 'tool_use', id: 'use-1', name: 'again', input: {} },
            }),
        },
      );
      expect(result.text).toBe('Done.');
      expect(started).toBe(8);
      expect(reports).toMatchObject([{ error: { code: 'AGENT_TOO_DEEP' } }]);
    },
  );
});
