import { IsOptional, IsString } from 'class-validator';
import {
  Agent,
  agentTool,
  type Budget,
  type CallContext,
  type CreateMessageRequestParams,
  createApp,
  type ModelAnswer,
  Task,
  type TaskContext,
  Tool,
  ToolError,
} from 'perdura';
import { testApp } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';

class Order {
  @IsString() kind!: string;
  @IsOptional() place?: string;
  @IsOptional() budget?: Budget;
}

class Place {
  @IsString() place!: string;
}

const dig = agentTool({ name: 'dig', call: () => 'earth' });

@Agent({ instructions: 'Dig.', description: 'Digs.', tools: [dig], maxTurns: 30 })
class Digger {}

@Task({ name: 'errand', description: 'Has it dug elsewhere.', input: Place })
class Errand {
  async call({ place }: Place, ctx: TaskContext) {
    if (place === 'bog') await ctx.sleep('20m');
    const { usage, stop } = await ctx.agent(Digger, { prompt: `Dig at ${place}.`, budget: { turns: 20 } });
    if (place === 'rock') throw new ToolError('Nothing but rock.');
    if (place === 'swamp') await ctx.sleep('1h');
    return `${place}: ${usage.turns} turns, ${stop}`;
  }
}

@Tool({ name: 'spread', description: 'Has it dug side by side.' })
class Spread {
  async call(_: object, ctx: CallContext) {
    const runs = await ctx.all(['here', 'there', 'yonder'], (place, branch) =>
      branch.agent(Digger, { prompt: `Dig ${place}.` }),
    );
    return runs.map(({ usage }) => usage.turns).join();
  }
}

@Agent({ instructions: 'errand', tools: [Errand], maxTurns: 30 })
class Sender {}

@Agent({ instructions: 'spread', tools: [Spread], maxTurns: 30 })
class Spreader {}

@Agent({ instructions: 'Digger Digger Digger', tools: [Digger], maxTurns: 30 })
class Foreman {}

const AGENTS = { errand: Sender, spread: Spreader, foreman: Foreman };

@Task({ name: 'lead', description: 'Leads.', input: Order })
class Lead {
  async call({ kind, place = 'far', budget }: Order, ctx: TaskContext) {
    const agent = AGENTS[kind as keyof typeof AGENTS];
    const { usage, turns, stop, messages } = await ctx.agent(agent, { prompt: place, ...(budget && { budget }) });
    return JSON.stringify({ usage, turns, stop, told: toldIn(messages) });
  }
}

const TEAM: Budget = { turns: 7, cost: 100 };

@Task({ name: 'team', description: 'A team in plain code.', input: Place, budget: TEAM, attempts: 2, backoff: ['1ms'] })
class Team {
  async call({ place }: Place, ctx: TaskContext) {
    const { usage } = await ctx.agent(Digger, { prompt: 'Begin.', budget: { turns: 1 } });
    const sides = await ctx.all(['east', place], (side, branch) =>
      branch.task(Errand, { place: side }, { ttl: '30m' }).catch(String),
    );
    if (place === 'rock' && ctx.attempt === 1) throw new Error('Try again.');
    const last = await ctx.agent(Digger, { prompt: 'End.' });
    return [usage.turns, ...sides, last.usage.turns, last.stop].join(' | ');
  }
}

const CLASSES = [Lead, Sender, Spreader, Foreman, Digger, Errand, Spread, Team];

function toldIn(messages: readonly { readonly content: unknown }[]): unknown {
  const blocks = messages.flatMap(({ content }) => content as readonly { type: string; content?: unknown }[]);
  return blocks.filter(({ type }) => type === 'tool_result').flatMap(({ content }) => content);
}

/** Asks for all the tools that its instructions name, or to dig, for as long as it may; answers as slowly as `ticks` says. */
function eager(ticks: (request: CreateMessageRequestParams) => number = () => 0) {
  const requests: CreateMessageRequestParams[] = [];
  const model = async (request: CreateMessageRequestParams): Promise<ModelAnswer> => {
    requests.push(request);
    for (let tick = ticks(request); tick > 0; tick--) await new Promise(setImmediate);
    const usage = { inputTokens: 90, outputTokens: 10, cost: 0.5 };
    const said = { role: 'assistant', model: 'eager', usage } as const;
    if (request.toolChoice?.mode === 'none') return { ...said, content: { type: 'text', text: 'Enough.' } };
    const names = request.systemPrompt === 'Dig.' ? ['dig'] : (request.systemPrompt ?? '').split(' ');
    const input = (name: string): object => {
      if (name === 'errand') return { place: (request.messages[0]?.content as { text: string }).text };
      return name === 'Digger' ? { prompt: 'Dig.' } : {};
    };
    const id = request.messages.length;
    return {
      ...said,
      content: names.map((name, n) => ({ type: 'tool_use', id: `${id}-${n}`, name, input: { ...input(name) } })),
    };
  };
  return Object.assign(model, { requests });
}

const start = async (model = eager()) => {
  const app = await testApp({ name: 'team', version: '1.0.0', use: CLASSES, model, report: () => undefined });
  const client = await connect(app, { revision: '2026-07-28' });
  const run = async (task: string, args: object): Promise<string> => {
    const { content } = await client.runTask(task, args as Record<string, unknown>);
    return content.map((block) => ('text' in block ? block.text : '')).join();
  };
  return { app, client, run, model };
};

describe('a budget that a child task shares', () => {
  it('is the limit of the child, and counts what it uses', async () => {
    const { app, run } = await start();
    const result = JSON.parse(await run('lead', { kind: 'errand', budget: { turns: 5 } })) as object;
    // One of its own and three of the child's, which leaves the last one to it.
    expect(result).toMatchObject({
      ...{ turns: 2, stop: 'turns', told: [{ text: 'far: 3 turns, turns' }] },
      usage: { turns: 5, toolCalls: 3, inputTokens: 450, outputTokens: 50, cost: 2.5 },
    });
    await app.close();
  });

  it.each<[string, Budget, number]>([
    ['tokens', { tokens: 450 }, 7],
    ['cost', { cost: 2 }, 6],
    ['tool calls', { toolCalls: 3 }, 5],
  ])('may be one of %s', async (_what, budget, turns) => {
    const { app, run, model } = await start();
    const [stop] = Object.keys(budget);
    const result = JSON.parse(await run('lead', { kind: 'errand', budget })) as { usage: object };
    expect(result).toMatchObject({ stop, turns: 2, usage: { turns } });
    expect(model.requests).toHaveLength(turns);
    await app.close();
  });

  it('of time ends for both at the same moment', async () => {
    const { app, client } = await start();
    const args = { kind: 'errand', place: 'bog', budget: { time: '10m' } };
    const { taskId } = await client.startTask('lead', args);
    await app.advance('20m');
    const { content } = await client.followTask(taskId);
    expect(JSON.stringify(content)).toContain('bog: 1 turns, time');
    await app.close();
  });

  it('is only counted where nothing limits it', async () => {
    const brief = eager();
    const once = (request: CreateMessageRequestParams) =>
      brief(request.messages.length === 1 ? request : { ...request, toolChoice: { mode: 'none' } });
    const { app, run } = await start(Object.assign(once, { requests: brief.requests }));
    expect(JSON.parse(await run('lead', { kind: 'errand' }))).toMatchObject({
      ...{ turns: 2, stop: 'answer' },
      usage: { turns: 4, toolCalls: 2, cost: 2 },
    });
    await app.close();
  });

  it('comes to the same wherever the process dies, and asks no turn twice that was recorded', async () => {
    const args = { kind: 'errand', budget: { turns: 5, tokens: 10_000 } };
    const whole = await start();
    let entries = 0;
    whole.app.crashAfter(() => entries++ < 0);
    const expected = await whole.run('lead', args);
    await whole.app.close();
    for (let at = 0; at < entries; at++) {
      for (const when of ['crashBefore', 'crashAfter'] as const) {
        const { app, run, model } = await start();
        let entry = 0;
        app[when](() => entry++ === at);
        expect([when, at, await run('lead', args)]).toEqual([when, at, expected]);
        expect(app.crashes).toBe(1);
        expect(model.requests.length).toBeLessThanOrEqual(whole.model.requests.length + 1);
        await app.close();
      }
    }
    expect(entries).toBeGreaterThan(7);
  });

  it('counts a child that failed, of an earlier attempt too', async () => {
    const { app, run, model } = await start();
    // One turn, three of each child, and nothing is left of seven turns for another one but the last that all may take.
    expect(await run('team', { place: 'far' })).toBe('1 | east: 3 turns, turns | far: 3 turns, turns | 1 | turns');
    expect(model.requests).toHaveLength(8);
    // The second attempt makes a new child in the place of the one that failed, which has used its share.
    const result = await run('team', { place: 'rock' });
    expect(result).toMatch(/^1 \| east: 3 turns, turns \| ToolError.* \| 1 \| turns$/);
    expect(model.requests).toHaveLength(8 + 9);
    await app.close();
  });

  it('counts a child that the store ended in the middle', async () => {
    const { app, client, model } = await start();
    const { taskId } = await client.startTask('team', { place: 'swamp' });
    await app.advance('31m');
    const { content } = await client.followTask(taskId);
    expect(JSON.stringify(content)).toMatch(/"1 \| east: 3 turns, turns \| ToolError.* \| 1 \| turns"/);
    expect(model.requests).toHaveLength(8);
    await app.close();
  });
});

describe('a budget that agents share side by side', () => {
  const paces: [string, (request: CreateMessageRequestParams) => number][] = [
    ['all are as fast', () => 0],
    ['the first is the slowest', ({ messages }) => (JSON.stringify(messages).includes('Dig here') ? 20 : 0)],
    ['the last is the slowest', ({ messages }) => (JSON.stringify(messages).includes('yonder') ? 20 : 0)],
  ];

  it.each(paces)('is divided evenly among branches, where %s', async (_what, ticks) => {
    const { app, run } = await start(eager(ticks));
    // Of nine, one was taken and one is kept to answer with: seven for three, and the first has what cannot be divided.
    expect(JSON.parse(await run('lead', { kind: 'spread', budget: { turns: 9 } }))).toMatchObject({
      ...{ turns: 2, stop: 'turns', told: [{ text: '3,2,2' }] },
      usage: { turns: 9, inputTokens: 810 },
    });
    await app.close();
  });

  it.each(paces)('is divided evenly among the calls of a turn, where %s', async (_what, ticks) => {
    const { app, run, model } = await start(eager(ticks));
    expect(JSON.parse(await run('lead', { kind: 'foreman', budget: { turns: 8 } }))).toMatchObject({
      ...{ turns: 2, stop: 'turns' },
      usage: { turns: 8, toolCalls: 6 },
    });
    expect(model.requests.filter(({ systemPrompt }) => systemPrompt === 'Dig.')).toHaveLength(6);
    await app.close();
  });

  it('is there again for the next turn, as far as they did not use it', async () => {
    // Each answers at once: of three shares of 2 turns one each is used.
    const brief = eager();
    const model = (request: CreateMessageRequestParams) =>
      brief(request.systemPrompt === 'Dig.' ? { ...request, toolChoice: { mode: 'none' } } : request);
    const { app, run } = await start(Object.assign(model, { requests: brief.requests }));
    expect(JSON.parse(await run('lead', { kind: 'foreman', budget: { turns: 8 } }))).toMatchObject({
      ...{ turns: 3, stop: 'turns' },
      usage: { turns: 9 },
    });
    await app.close();
  });
});

it('refuses a budget of a task that cannot hold', async () => {
  @Task({ name: 'broke', description: 'x', budget: { turns: 0 } })
  class Broke {
    call() {
      return 'x';
    }
  }
  await expect(createApp({ name: 'x', version: '1.0.0', use: [Broke] })).rejects.toThrow('budget.turns 0');
});
