import { type App, Agent, agentTool, createApp, type Model, Task, type TaskContext } from 'perdura';
import { checkedConnect as connect } from '../checked-connect.js';
import { RedisServer } from '../fixtures/redis-server.js';

const dig = agentTool({ name: 'dig', call: () => 'earth' });

@Agent({ instructions: 'dig', tools: [dig], maxTurns: 30 })
class Digger {}

@Task({ name: 'errand', description: 'Has it dug elsewhere.', queue: 'far' })
class Errand {
  async call(_: object, ctx: TaskContext) {
    const { usage, stop } = await ctx.agent(Digger, { prompt: 'Dig.' });
    return `${usage.turns} ${stop}`;
  }
}

@Agent({ instructions: 'errand', tools: [Errand], maxTurns: 30, budget: { turns: 7, tokens: 1_000 } })
class Sender {}

@Task({ name: 'lead', description: 'Leads.', queue: 'near' })
class Lead {
  async call(_: object, ctx: TaskContext) {
    const { usage, stop, messages } = await ctx.agent(Sender, { prompt: 'Go.' });
    return JSON.stringify({ usage, stop, errand: messages.at(2) });
  }
}

/** Asks for the tool that its instructions name for as long as it may. */
const eager: Model = async ({ systemPrompt = '', toolChoice, messages }) => ({
  role: 'assistant',
  model: 'eager',
  usage: { inputTokens: 9, outputTokens: 1 },
  content:
    toolChoice?.mode === 'none'
      ? { type: 'text', text: 'Enough.' }
      : { type: 'tool_use', id: `use-${messages.length}`, name: systemPrompt, input: {} },
});

describe('a budget on Redis', () => {
  let redis: RedisServer;
  const apps: App[] = [];
  const open = async (): Promise<App> => {
    const tasks = { redis: redis.url, hold: 0 };
    const app = await createApp({
      name: 'team',
      version: '1.0.0',
      use: [Lead, Errand, Sender, Digger],
      tasks,
      model: eager,
    });
    apps.push(app);
    return app;
  };

  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await redis.stop();
  });

  it('is shared by a child task that another worker runs', async () => {
    const [serving, near, far] = [await open(), await open(), await open()];
    near.tasks.work({ queues: ['near'] });
    far.tasks.work({ queues: ['far'] });
    const client = await connect(serving, { revision: '2026-07-28' });
    const { content } = await client.runTask('lead');
    const [block] = content;
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toMatchObject({
      stop: 'turns',
      usage: { turns: 7, toolCalls: 5, inputTokens: 63, outputTokens: 7 },
      errand: { content: [{ content: [{ text: '5 turns' }] }] },
    });
  });
});
