import { IsString } from 'class-validator';
import { agentTool } from '../../../framework/agent/agent-tool.js';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { ToolError } from '../../../framework/errors.js';
import type { CallContext, TaskContext } from '../../../framework/runtime/context.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import { createApp } from '../../../framework/server/assembly/create-app.js';
import type { Plugin } from '../../../framework/server/plugin.js';
import { scriptedModel, type ScriptedTurn } from '../../../framework/testing/scripted-model.js';
import { checkedConnect as connect } from '../../checked-connect.js';
import { until } from '../../fixtures/until.js';
import { TestInbox } from '../runtime/runtime-fixture.js';
import { runAgent, toldOf } from './agent-fixture.js';

const look = agentTool({ name: 'look', call: () => 'three ponds' });

@Agent({ instructions: 'Look closely.', description: 'Looks things up.', tools: [look] })
class Scout {}

@Agent({ instructions: 'Write.', tools: [Scout] })
class Writer {}

@Agent({ instructions: 'Refund.', description: 'Handles refunds.', tools: [look] })
class Refunds {}

@Agent({ name: 'front_desk', instructions: 'Greet.', handoffs: [Refunds], maxTurns: 2 })
class FrontDesk {}

describe('an agent as a tool of another', () => {
  it('is offered by its description, is given a prompt, and its answer is the result', async () => {
    const model = scriptedModel([
      { calls: [{ name: 'Scout', input: { prompt: 'How many ponds?' } }] },
      { calls: [{ name: 'look' }] },
      'Three.',
      'There are three.',
    ]);
    const { result } = await runAgent(Writer, { prompt: 'Count the ponds.' }, { model });
    expect(model.requests[0]?.tools).toEqual([
      {
        name: 'Scout',
        description: 'Looks things up.',
        inputSchema: expect.objectContaining({ required: ['prompt'] }),
      },
    ]);
    expect(model.requests[1]).toMatchObject({
      systemPrompt: 'Look closely.',
      messages: [{ content: { text: 'How many ponds?' } }],
    });
    expect(toldOf(model.requests[3]?.messages.at(-1))).toEqual(['use-1-0 Three.']);
    expect(result).toMatchObject({ value: 'There are three.', turns: 2, usage: { turns: 4, toolCalls: 2 } });
  });

  it('must have a description, and need not be listed itself', () => {
    @Agent({ instructions: 'x' })
    class Nobody {}
    @Agent({ instructions: 'x', tools: [Nobody], handoffs: [Nobody, MemoryJournal] })
    class Boss {}
    expect(() => buildCatalog([Boss])).toThrow(/AGENT_NOT_DESCRIBED(.|\n)*HANDOFF_WITHOUT_AGENT/);
    expect([...buildCatalog([Writer]).agents.keys()]).toEqual([Writer, Scout]);
  });
});

describe('a handover', () => {
  it('goes on with the same messages under the instructions and tools of the other, who is said to have answered', async () => {
    const script = [{ calls: [{ name: 'hand_over_to_Refunds' }] }, { calls: [{ name: 'look' }] }, 'Refunded.'];
    const model = scriptedModel(script);
    const journal = new MemoryJournal();
    const { result } = await runAgent(FrontDesk, { prompt: 'My money back!' }, { model, journal });
    expect(model.requests.map(({ systemPrompt }) => systemPrompt)).toEqual(['Greet.', 'Refund.', 'Refund.']);
    expect(model.requests[1]?.tools?.map(({ name }) => name)).toEqual(['look']);
    expect(model.requests[1]?.messages[0]).toEqual({ role: 'user', content: { type: 'text', text: 'My money back!' } });
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual(['use-1-0 From here on you are Refunds.']);
    expect(result).toMatchObject({ value: 'Refunded.', agent: 'Refunds', turns: 3, stop: 'answer' });
    const again = await runAgent(FrontDesk, { prompt: 'My money back!' }, { model, journal });
    expect(again.result).toEqual(result);
    expect(model.requests).toHaveLength(3);
  });

  it('is made to one agent: further ones that the same turn asks for are refused', async () => {
    @Agent({ instructions: 'Greet.', handoffs: [Refunds, Scout] })
    class Switchboard {}
    const names = ['hand_over_to_Scout', 'hand_over_to_Refunds', 'hand_over_to_Scout'];
    const model = scriptedModel([{ calls: names.map((name) => ({ name })) }, 'Scouted.']);
    const { result } = await runAgent(Switchboard, { prompt: 'Hi' }, { model });
    expect(result).toMatchObject({ value: 'Scouted.', agent: 'Scout' });
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual([
      'use-1-0 From here on you are Scout.',
      expect.stringMatching(/^use-1-1! Another call of this message hands over/),
      expect.stringMatching(/^use-1-2! Another call of this message hands over/),
    ]);
  });

  it('leaves each agent the turns that it has of its own, so that two who hand over to each other come to an end', async () => {
    class Desk {}
    class Office {}
    const of = { instructions: 'Answer.', description: 'Answers.', maxTurns: 2 };
    Agent({ ...of, name: 'desk', handoffs: [Office] })(Desk);
    Agent({ ...of, name: 'office', handoffs: [Desk] })(Office);
    const script = ['office', 'desk', 'office', 'desk', 'office', 'desk'].map(
      (name): ScriptedTurn =>
        ({ toolChoice }) =>
          toolChoice?.mode === 'none' ? 'Enough.' : { calls: [{ name: `hand_over_to_${name}` }] },
    );
    const { result } = await runAgent(Desk, { prompt: 'Hi' }, { use: [Office], model: scriptedModel(script) });
    expect(result).toMatchObject({ value: 'Enough.', agent: 'desk', turns: 3, stop: 'maxTurns' });
  });

  it('does not happen where the first agent answers by itself', async () => {
    const { result } = await runAgent(FrontDesk, { prompt: 'Hi' }, { model: scriptedModel(['Hello.']) });
    expect(result).toMatchObject({ value: 'Hello.', agent: 'front_desk' });
  });
});

class Topic {
  @IsString() topic!: string;
}

@Task({ name: 'survey', description: 'Surveys a topic.', input: Topic })
class Survey {
  async call({ topic }: Topic, ctx: TaskContext) {
    if (topic === 'nothing') throw new ToolError('There is nothing to survey.');
    await ctx.sleep(1);
    return `${topic}, in task ${ctx.taskId}`;
  }
}

@Agent({ instructions: 'Plan.', tools: [Survey] })
class Planner {}

@Task({ name: 'plan', description: 'Plans.' })
class Plan {
  async call(_: object, ctx: TaskContext) {
    const { value } = await ctx.agent(Planner, { prompt: 'Plan.' });
    return `${ctx.taskId}: ${value}`;
  }
}

describe.each(['2025-11-25', '2026-07-28'] as const)('a task as a tool of an agent on %s', (revision) => {
  const script = () =>
    scriptedModel([
      { calls: ['ponds', 'nothing'].map((topic) => ({ name: 'survey', input: { topic } })) },
      (request) => toldOf(request.messages.at(-1)).join(' | '),
    ]);

  it('is a child task where the agent runs in a task, and part of the call where not', async () => {
    const use = [Plan, Planner, Survey];
    const model = script();
    const app = await createApp({ name: 'plans', version: '1.0.0', use, model });
    const client = await connect(app, { revision });
    const asTask = JSON.stringify((await client.runTask('plan')).content);
    const [, own, child] = /"([\w-]+): use-1-0 ponds, in task ([\w-]+) \| use-1-1! There is nothing/.exec(asTask) ?? [];
    expect([own, child]).toEqual([expect.any(String), expect.any(String)]);
    expect(own).not.toBe(child);
    await app.close();
  });
});

describe('the time of a tool call', () => {
  it('ends a tool that takes longer, tells the model, and lets nothing of it happen afterwards', async () => {
    const effects: string[] = [];
    let aborted: Promise<void> | undefined;
    const slow = agentTool({
      name: 'slow',
      call: async (_: object, ctx) => {
        aborted = new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve(), { once: true }));
        await aborted;
        await ctx.step('late', () => void effects.push('late'));
        return 'never';
      },
    });
    @Agent({ instructions: 'Hurry.', tools: [slow], toolTimeout: 5 })
    class Hasty {}
    const model = scriptedModel([{ calls: [{ name: 'slow' }] }, 'Done.']);
    const { result } = await runAgent(Hasty, { prompt: 'Go.' }, { model, site: { inbox: new TestInbox(Infinity) } });
    await aborted;
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual([
      'use-1-0! "slow" took longer than 5 ms and was stopped.',
    ]);
    expect([result.value, effects]).toEqual(['Done.', []]);
  });

  const asks = agentTool({
    name: 'ask',
    call: async (_: object, ctx) => (await ctx.elicit('Which one?', Topic)).topic,
  });

  @Agent({ instructions: 'Hurry.', tools: [asks], toolTimeout: 20 })
  class Impatient {}

  class Hurry {
    @Tool({ name: 'hurry', description: 'Does not wait for long.' })
    async now(_: object, ctx: CallContext) {
      return (await ctx.agent(Impatient, { prompt: 'Go.' })).text;
    }

    @Task({ name: 'hurry_and_rest', description: 'Does not wait for long, and then rests.', hold: 100 })
    async later(_: object, ctx: CallContext) {
      await ctx.agent(Impatient, { prompt: 'Go.' });
      await ctx.sleep('1h');
      return 'Rested.';
    }
  }

  it('takes back what the tool has asked', async () => {
    const model = scriptedModel([{ calls: [{ name: 'ask' }] }, 'Done.']);
    const app = await createApp({ name: 'hasty', version: '1.0.0', use: [Hurry, Impatient], model });
    const client = await connect(app, { revision: '2025-11-25', elicit: () => new Promise(() => {}) });
    expect((await client.callTool('hurry')).content).toMatchObject([{ text: 'Done.' }]);
    const said = (method: string) =>
      client.messages
        .map(({ message }) => message)
        .filter((message) => 'method' in message && message.method === method);
    const [asked] = said('elicitation/create') as readonly { readonly id?: unknown }[];
    expect(said('notifications/cancelled')).toMatchObject([{ params: { requestId: asked?.id } }]);
    // At once, and not at the end of the call: the model has not taken its next turn yet.
    expect(client.notifications.map(({ method }) => method.slice('notifications/'.length))).toEqual([
      'message',
      'cancelled',
      'message',
    ]);
    await app.close();
  });

  it('leaves no question of the tool open in a task', async () => {
    const kinds: string[] = [];
    const watch: Plugin = { name: 'watch', setup: (host) => host.onTransition(({ kind }) => void kinds.push(kind)) };
    const model = scriptedModel([{ calls: [{ name: 'ask' }] }, 'Done.']);
    const app = await createApp({ name: 'hasty', version: '1.0.0', use: [Hurry, Impatient, watch], model });
    const client = await connect(app, { revision: '2026-07-28', elicit: () => new Promise(() => {}) });
    const { taskId } = await client.startTask('hurry_and_rest', {});
    await until(() => kinds.includes('parked'));
    expect(kinds).toContain('asked');
    expect((await client.getTask(taskId)).status).toBe('working');
    await app.close();
  });

  it('has what fails because of its end in no journal, where a replay would take it for what happened', async () => {
    const journal = new MemoryJournal();
    const slow = agentTool({
      name: 'slow',
      call: (_: object, ctx) =>
        ctx.step('wait', (_key, signal) => {
          return new Promise<string>((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
        }),
    });
    @Agent({ instructions: 'Hurry.', tools: [slow], toolTimeout: 5 })
    class Hasty {}
    const model = scriptedModel([{ calls: [{ name: 'slow' }] }, 'Done.']);
    await runAgent(Hasty, { prompt: 'Go.' }, { model, journal });
    expect(journal.entries().map(([key]) => key)).toEqual([
      'agent:Hasty#1/turn#1',
      'agent:Hasty#1/tool:use-1-0#1',
      'agent:Hasty#1/turn#2',
    ]);
  });
});

describe('a call that is cancelled in the middle of a turn', () => {
  it('begins none of the tool calls that wait for their turn', async () => {
    const ran: string[] = [];
    const controller = new AbortController();
    const first = agentTool({ name: 'first', call: () => void controller.abort() });
    const second = agentTool({ name: 'second', call: () => void ran.push('second') });
    @Agent({ instructions: 'Go.', tools: [first, second], concurrency: 1 })
    class Orderly {}
    const model = scriptedModel([{ calls: [{ name: 'first' }, { name: 'second' }] }, 'Done.']);
    const { error } = await runAgent(Orderly, { prompt: 'Go.' }, { model, site: { signal: () => controller.signal } });
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(ran).toEqual([]);
  });
});
