import { agentTool } from '../../../framework/agent/agent-tool.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import type { Budget } from '../../../framework/metadata/options.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import type { CreateMessageRequestParams, CreateMessageResult } from '../../../framework/spec.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import { TestInbox } from '../runtime/runtime-fixture.js';
import { runAgent, toldOf } from './agent-fixture.js';

const dig = agentTool({ name: 'dig', call: () => 'earth' });
const delegate = agentTool({
  name: 'delegate',
  call: async (_: object, ctx: CallContext) => (await ctx.agent(Digger, { prompt: 'Dig.' })).value,
});

@Agent({ instructions: 'Dig.', tools: [dig], maxTurns: 30 })
class Digger {}

@Agent({ instructions: 'Have it dug.', tools: [delegate], maxTurns: 30 })
class Foreman {}

/** Always asks for tools while it may, and tells what it used. */
function eager(tools: readonly string[], usage?: object) {
  const requests: CreateMessageRequestParams[] = [];
  const model = async (request: CreateMessageRequestParams): Promise<CreateMessageResult> => {
    requests.push(request);
    const isLast = request.toolChoice?.mode === 'none';
    const uses = tools
      .filter((name) => request.tools?.some((tool) => tool.name === name))
      .map((name, index) => ({ type: 'tool_use' as const, id: `${requests.length}-${index}`, name, input: {} }));
    const content = isLast ? { type: 'text' as const, text: 'Enough.' } : uses;
    return { role: 'assistant', model: 'eager', content, ...(usage && { usage }) } as CreateMessageResult;
  };
  return Object.assign(model, { requests });
}

const used = { inputTokens: 90, outputTokens: 10, cost: 0.5 };

describe('the budget of an agent', () => {
  it.each<[string, Budget, number, string]>([
    ['turns', { turns: 3 }, 3, 'turns'],
    ['tokens', { tokens: 200 }, 3, 'tokens'],
    ['cost', { cost: 1 }, 3, 'cost'],
    ['tool calls', { toolCalls: 2 }, 3, 'toolCalls'],
    ['turns, where that comes first', { turns: 2, tokens: 1000, cost: 9 }, 2, 'turns'],
  ])('of %s makes the turn after it is reached the last, without tools', async (_what, budget, turns, stop) => {
    const model = eager(['dig'], used);
    const { result } = await runAgent(Digger, { prompt: 'Dig.', budget }, { model });
    expect(result).toMatchObject({ value: 'Enough.', turns, stop });
    expect(model.requests.map(({ toolChoice }) => toolChoice?.mode).at(-1)).toBe('none');
    expect(result.usage).toEqual({
      turns,
      toolCalls: turns - 1,
      inputTokens: 90 * turns,
      outputTokens: 10 * turns,
      cost: 0.5 * turns,
    });
  });

  it('of tool calls refuses what a turn asks for beyond it', async () => {
    const model = eager(['dig', 'dig', 'dig'], used);
    const { result } = await runAgent(Digger, { prompt: 'Dig.', budget: { toolCalls: 2 } }, { model });
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual([
      '1-0 earth',
      '1-1 earth',
      expect.stringMatching(/^1-2! The budget has room for 2 more tool calls/),
    ]);
    expect(result).toMatchObject({ turns: 2, stop: 'toolCalls', usage: { toolCalls: 2 } });
  });

  it('is shared by the agents that it starts, whose use is in the result', async () => {
    const model = eager(['delegate', 'dig'], used);
    const { result } = await runAgent(Foreman, { prompt: 'Go.', budget: { turns: 5 } }, { model, use: [Digger] });
    // One of its own, three of the digger's, which leaves the last one to it.
    expect(result).toMatchObject({ turns: 2, stop: 'turns' });
    expect(result.usage).toMatchObject({ turns: 5, inputTokens: 450, cost: 2.5 });
    expect(model.requests.map(({ toolChoice }) => toolChoice?.mode)).toEqual(['auto', 'auto', 'auto', 'none', 'none']);
  });

  it('of time is counted from a start that is recorded, on the clock of the call', async () => {
    let time = 1_000_000;
    class Clock extends TestInbox {
      now() {
        return time;
      }
    }
    const model = eager(['dig'], used);
    const late = async (request: CreateMessageRequestParams) => {
      time += 20_000;
      return model(request);
    };
    const journal = new MemoryJournal();
    const site = { inbox: new Clock() };
    const budget = { time: '1m' } as const;
    const { result } = await runAgent(Digger, { prompt: 'Dig.', budget }, { model: late, journal, site });
    expect(result).toMatchObject({ turns: 4, stop: 'time' });
    // Much later, and cut off before its last turn: what was decided then stands, and what is left is the last turn.
    time += 10_000_000;
    const again = await runAgent(Digger, { prompt: 'Dig.', budget }, { model: late, journal, site });
    expect(again.result).toEqual(result);
    const cut = new MemoryJournal(journal.entries().filter(([key]) => !/turn#[34]|tool:3/.test(key)));
    const resumed = await runAgent(Digger, { prompt: 'Dig.', budget }, { model: late, journal: cut, site });
    expect(resumed.result).toMatchObject({ turns: 3, stop: 'time' });
  });

  it('is counted again from the journal, whichever turn the run was cut off after', async () => {
    const whole = new MemoryJournal();
    const setting = { prompt: 'Go.', budget: { tokens: 850, toolCalls: 5 } } as const;
    const { result } = await runAgent(Foreman, setting, {
      use: [Digger],
      model: eager(['delegate', 'dig'], used),
      journal: whole,
    });
    const entries = whole.entries();
    for (let cut = 0; cut <= entries.length; cut++) {
      const turns = entries.slice(0, cut).filter(([key]) => key.includes('turn#')).length;
      const rest = eager(['delegate', 'dig'], used);
      // Ids go on where they were.
      for (let n = 0; n < turns; n++) rest.requests.push({} as CreateMessageRequestParams);
      const resumed = await runAgent(Foreman, setting, {
        use: [Digger],
        model: rest,
        journal: new MemoryJournal(entries.slice(0, cut)),
      });
      expect(resumed.result).toEqual(result);
    }
  });

  it('counts what is used in a step, which a replay does not run again', async () => {
    const stepped = agentTool({
      name: 'stepped',
      call: (_: object, ctx: CallContext) =>
        ctx.step('all of it', async () => (await ctx.agent(Digger, { prompt: 'Dig.', maxTurns: 2 })).text),
    });
    const setting = { prompt: 'Go.', tools: [stepped], budget: { turns: 6 } } as const;
    const whole = new MemoryJournal();
    const tools = ['dig', 'stepped'];
    const { result } = await runAgent(Foreman, setting, { use: [Digger], model: eager(tools, used), journal: whole });
    expect(result).toMatchObject({ turns: 3, stop: 'turns', usage: { turns: 6 } });
    // Cut off after the step, before the result of the tool.
    const end = whole.entries().findIndex(([key]) => key.endsWith('/all of it#1')) + 1;
    const rest = eager(tools, used);
    for (let n = 0; n < 3; n++) rest.requests.push({} as CreateMessageRequestParams);
    const journal = new MemoryJournal(whole.entries().slice(0, end));
    const resumed = await runAgent(Foreman, setting, { use: [Digger], model: rest, journal });
    expect(resumed.result).toEqual(result);
  });

  it('of tokens counts the text where a model does not tell them, and says so', async () => {
    const { result } = await runAgent(
      Digger,
      { prompt: 'x'.repeat(400), budget: { tokens: 100 } },
      { model: eager(['dig']) },
    );
    expect(result).toMatchObject({ turns: 2, stop: 'tokens', usage: { estimated: true } });
    expect(result.usage.inputTokens).toBeGreaterThan(200);
    expect(result.usage.cost).toBeUndefined();
  });

  it('ignores what a model tells that is no number', async () => {
    const nonsense = { inputTokens: -5, outputTokens: 'many', cost: NaN };
    const { result } = await runAgent(Digger, { prompt: 'Hi', budget: { turns: 1 } }, { model: eager([], nonsense) });
    expect(result.usage).toEqual({ turns: 1, toolCalls: 0, inputTokens: 2, outputTokens: 2, estimated: true });
  });

  it('must hold: one that cannot is told of at the start, or where it is given', async () => {
    @Agent({ instructions: 'x', budget: { turns: 0 } })
    class Broke {}
    expect(() => buildCatalog([Broke])).toThrow('The agent Broke is given budget.turns 0');
    const { error } = await runAgent(Digger, { prompt: 'x', budget: { cost: 0 } }, { model: eager([]) });
    expect(error).toMatchObject({ code: 'INVALID_AGENT', message: expect.stringContaining('more than 0') });
  });
});
