// The code of docs/agents.md about tools, teams, limits and guardrails, run through the public door.
import { IsArray, IsInt, IsString } from 'class-validator';
import { Agent, agentTool, createApp, summarize, Task, type TaskContext, Tool, ToolError } from 'perdura';
import { scriptedModel } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';

class Where {
  @IsString() place!: string;
}

class Order {
  @IsInt() amount!: number;
}

const orders: number[] = [];

//#region agent-tool
const weather = agentTool({
  name: 'weather',
  description: 'The weather at a place.',
  input: Where,
  call: ({ place }) => `Sun in ${place}.`,
});
//#endregion

//#region team
@Agent({ description: 'Looks things up.', instructions: 'Answer from your tools alone.', tools: [weather] })
class Scout {}

@Agent({ description: 'Writes to customers.', instructions: 'Be friendly.' })
class Correspondent {}

@Agent({ instructions: 'Have things looked up, then hand over.', tools: [Scout], handoffs: [Correspondent] })
class Lead {}
//#endregion

//#region approval
@Tool({
  name: 'order',
  description: 'Places an order.',
  input: Order,
  annotations: { destructiveHint: true },
  approval: ({ amount }) => amount > 100,
  onCrash: 'fail',
})
class PlaceOrder {
  call({ amount }: Order) {
    orders.push(amount);
    return `Ordered for ${amount}.`;
  }
}
//#endregion

//#region limits
@Agent({
  instructions: 'Keep the stock full.',
  tools: [PlaceOrder],
  budget: { turns: 40, tokens: 200_000, toolCalls: 60, cost: 2, time: '30m' },
  toolTimeout: '1m',
  context: summarize({ tokens: 50_000, keep: 4 }),
})
class Buyer {}
//#endregion

class Places {
  @IsArray() @IsString({ each: true }) places!: string[];
}

//#region team-budget
@Task({ name: 'scout_all', description: 'Looks places up.', input: Places, budget: { turns: 4, cost: 1, time: '10m' } })
class ScoutAll {
  async call({ places }: Places, ctx: TaskContext) {
    const found = await ctx.all(places, (place, branch) => branch.agent(Scout, { prompt: place }));
    return found.map(({ text, stop }) => `${text} (${stop})`).join(' ');
  }
}
//#endregion

//#region guard
@Agent({
  instructions: 'Answer questions about the stock.',
  tools: [PlaceOrder],
  intercept: [
    {
      tool({ tool, input }, next) {
        if (tool === 'order' && (input as Order).amount > 1000) throw new ToolError('Ask a human for that much.');
        return next();
      },
      async turn(_turn, next) {
        const answer = await next();
        if (JSON.stringify(answer.content).includes('password')) throw new ToolError('The answer held a secret.');
        return answer;
      },
    },
  ],
})
class Guarded {}
//#endregion

const AGENTS = { Lead, Buyer, Guarded };

class Job {
  @IsString() who!: keyof typeof AGENTS;
}

@Task({ name: 'run', description: 'Runs one of the agents.', input: Job })
class Run {
  async call({ who }: Job, ctx: TaskContext) {
    const { text, agent, stop, usage } = await ctx.agent(AGENTS[who], { prompt: 'Go.' });
    return `${agent}: ${text} (${stop}, ${usage.turns} turns)`;
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)('the agents of the agents page on %s', (revision) => {
  const run = async (who: keyof typeof AGENTS, turns: Parameters<typeof scriptedModel>[0]) => {
    const use = [Run, Lead, Buyer, Guarded];
    const app = await createApp({ name: 'shop', version: '1.0.0', use, model: scriptedModel(turns) });
    const asked: string[] = [];
    const elicit = (({ message }: { readonly message: string }) => {
      asked.push(message);
      return { action: 'accept', content: { allow: true } };
    }) as never;
    const client = await connect(app, { revision, elicit });
    const result = await client.runTask('run', { who });
    await app.close();
    return { asked, ...result };
  };

  it('look things up for each other, and hand over', async () => {
    expect(
      await run('Lead', [
        { calls: [{ name: 'Scout', input: { prompt: 'Weather in Rome?' } }] },
        { calls: [{ name: 'weather', input: { place: 'Rome' } }] },
        'Sun.',
        { calls: [{ name: 'hand_over_to_Correspondent' }] },
        'Dear customer, the sun shines.',
      ]),
    ).toMatchObject({ content: [{ text: 'Correspondent: Dear customer, the sun shines. (answer, 5 turns)' }] });
  });

  it('share the budget of their task evenly', async () => {
    const look = (place: string) => ({ calls: [{ name: 'weather', input: { place } }] });
    const tell = ({ messages }: { readonly messages: unknown }) =>
      JSON.stringify(messages).includes('"Rome"') ? 'Sun.' : 'Snow.';
    const model = scriptedModel([look('Kyiv'), look('Kyiv'), tell, tell]);
    const app = await createApp({ name: 'shop', version: '1.0.0', use: [ScoutAll, Scout], model });
    const client = await connect(app, { revision });
    const { content } = await client.runTask('scout_all', { places: ['Rome', 'Oslo'] });
    expect(content).toMatchObject([{ text: 'Sun. (turns) Snow. (turns)' }]);
    await app.close();
  });

  it('ask before they spend much, and are refused by their guard', async () => {
    orders.splice(0);
    const order = (amount: number) => ({ calls: [{ name: 'order', input: { amount } }] });
    const { asked, content } = await run('Buyer', [order(5), order(500), 'Full.']);
    expect([content, orders, asked]).toMatchObject([
      [{ text: 'Buyer: Full. (answer, 3 turns)' }],
      [5, 500],
      ['The agent "Buyer" wants to call the tool "order" with {"amount":500}. Do you allow it?'],
    ]);
    await run('Guarded', [order(5000), 'I cannot.']);
    expect(orders).toEqual([5, 500]);
    expect(await run('Guarded', ['The password is 1234.'])).toMatchObject({
      isError: true,
      content: [{ text: 'The answer held a secret.' }],
    });
  });
});
