import { IsString } from 'class-validator';
import { agentTool } from '../../../framework/agent/agent-tool.js';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Task } from '../../../framework/decorators/task.js';
import { ToolError } from '../../../framework/errors.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import { MemoryJournal } from '../../../framework/protocol/memory-journal.js';
import { createApp } from '../../../framework/server/create-app.js';
import { scriptedModel } from '../../../framework/testing/scripted-model.js';
import { checkedConnect as connect } from '../../checked-connect.js';
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
});
