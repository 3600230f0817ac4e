import { Agent } from '../../../framework/decorators/agent.js';
import { Task } from '../../../framework/decorators/task.js';
import type { Model, ModelAnswer } from '../../../framework/metadata/model.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { CreateMessageRequestParams } from '../../../framework/spec.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { scriptedModel } from '../../../framework/testing/scripted-model.js';
import { testApp } from '../../../framework/testing/test-app.js';
import { checkedConnect as connect } from '../../checked-connect.js';
import { TestInbox, type Said } from '../runtime/runtime-fixture.js';
import { agentTool } from '../../../framework/agent/agent-tool.js';
import { runAgent } from './agent-fixture.js';

const look = agentTool({ name: 'look', call: () => 'seen' });
const failing = () => {
  const model = async () => {
    model.asked++;
    throw new Error('overloaded');
  };
  model.asked = 0;
  return model;
};
const script = (name: string) => scriptedModel([{ calls: [{ name: 'look' }] }, `${name} done.`]);

@Agent({ instructions: 'Help.', tools: [look] })
class Plain {}

describe('the model of an agent', () => {
  it("may be its own or the request's, in place of the app's", async () => {
    const [app, own, given] = [script('app'), script('own'), script('given')];
    @Agent({ instructions: 'Help.', tools: [look], model: own })
    class Choosy {}
    expect((await runAgent(Plain, { prompt: 'Go.' }, { model: app })).result.value).toBe('app done.');
    expect((await runAgent(Choosy, { prompt: 'Go.' }, { model: app })).result.value).toBe('own done.');
    expect((await runAgent(Choosy, { prompt: 'Go.', model: given }, { model: app })).result.value).toBe('given done.');
  });

  it('is the next of a list where one fails, and stays that one, on a replay too', async () => {
    const bad = failing();
    const good = script('good');
    const journal = new MemoryJournal();
    const { result } = await runAgent(Plain, { prompt: 'Go.', model: [bad, good] }, { journal });
    expect(result).toMatchObject({ value: 'good done.', turns: 2 });
    expect(bad.asked).toBe(1);
    const cut = new MemoryJournal(journal.entries().filter(([key]) => !key.endsWith('turn#2')));
    const later = scriptedModel(['later']);
    expect((await runAgent(Plain, { prompt: 'Go.', model: [bad, later] }, { journal: cut })).result.value).toBe(
      'later',
    );
    expect(bad.asked).toBe(1);
  });

  it('throws what the first one threw where all of a list fail', async () => {
    const other: Model = () => Promise.reject(new Error('no route'));
    const { error } = await runAgent(Plain, { prompt: 'Go.', model: [failing(), other] }, {});
    expect(error).toMatchObject({ message: 'overloaded' });
  });

  it("may be the client's where it has one, else the server's", async () => {
    const client = script('client');
    const ask = new TestInbox(0, async ({ params }) => ({ ...(await client(params as CreateMessageRequestParams)) }));
    const server = script('server');
    const both = { prompt: 'Go.', model: ['client', server] } as const;
    expect((await runAgent(Plain, both, { site: { inbox: ask } })).result.value).toBe('client done.');
    const without = { client: { capabilities: {} }, inbox: new TestInbox() };
    expect((await runAgent(Plain, both, { site: without })).result.value).toBe('server done.');
  });

  it('is not asked again where it failed and the client was asked in its place, once that has answered', async () => {
    const bad = failing();
    @Task({ name: 'help', description: 'Helps.' })
    class Help {
      async call(_: object, ctx: TaskContext) {
        return (await ctx.agent(Plain, { prompt: 'Go.', model: [bad, 'client'] })).text;
      }
    }
    const app = await testApp({ name: 'help', version: '1.0.0', use: [Help, Plain] });
    const client = await connect(app, { revision: '2026-07-28', sample: script('client') });
    expect((await client.runTask('help')).content).toMatchObject([{ text: 'client done.' }]);
    expect(bad.asked).toBe(1);
    await app.close();
  });

  it("is not believed where a client tells of its use: only the server's own models count", async () => {
    const lying = new TestInbox(0, () => ({
      role: 'assistant',
      model: 'm',
      content: { type: 'text', text: 'four' },
      usage: { inputTokens: 1e9, cost: 1e9 },
    }));
    const { result } = await runAgent(Plain, { prompt: 'Go.' }, { site: { inbox: lying } });
    expect(result.usage).toMatchObject({ estimated: true, outputTokens: 1 });
    expect(result.usage.cost).toBeUndefined();
  });

  it('may tell its text as it comes: that is progress, which grows, and nothing that is recorded', async () => {
    const said: Said = { progress: [], log: [] };
    const journal = new MemoryJournal();
    const writing: Model = async (_request, { onText }): Promise<ModelAnswer> => {
      onText?.('Once upon');
      return { role: 'assistant', model: 'w', content: { type: 'text', text: 'Once upon a time.' } };
    };
    const channel = {
      progress: (...args: [number, number?, string?]) => void said.progress.push([args[0], args[1], args[2]]),
      log: () => undefined,
    };
    await runAgent(Plain, { prompt: 'Go.' }, { model: writing, journal, site: { channel } });
    expect(said.progress).toEqual([
      [0.5, undefined, 'Plain: turn 1, writes "Once upon"'],
      [1, undefined, 'Plain: turn 1'],
    ]);
    expect(journal.entries()).toHaveLength(1);
  });
});
