import { agentTool } from '../../../framework/agent/agent-tool.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { AgentEvent } from '../../../framework/runtime/agents/agent-events.js';
import type { CallContext } from '../../../framework/runtime/context.js';
import { createApp } from '../../../framework/server/assembly/create-app.js';
import { scriptedModel } from '../../../framework/testing/scripted-model.js';
import { checkedConnect as connect } from '../../checked-connect.js';
import { runAgent } from './agent-fixture.js';

const look = agentTool({ name: 'look', call: () => 'seen' });

@Agent({ instructions: 'Help.', tools: [look] })
class Helper {}

const script = () => scriptedModel([{ calls: [{ name: 'look' }] }, 'Done.']);
const brief = (event: AgentEvent) =>
  `${event.kind} ${event.key}${'replayed' in event && event.replayed ? ' again' : ''}`;

describe('what an agent does', () => {
  it('is told as it happens, by keys that say what is inside of what; a replay has ends alone', async () => {
    const events: AgentEvent[] = [];
    const onAgentEvent = (event: AgentEvent): void => void events.push(event);
    const journal = new MemoryJournal();
    const ran = await runAgent(Helper, { prompt: 'Go.' }, { model: script(), journal, onAgentEvent });
    const at = 'agent:Helper#1';
    expect(events.map(brief)).toEqual([
      `agent-started ${at}`,
      `turn-started ${at}/turn#1`,
      `turn-ended ${at}/turn#1`,
      `tool-started ${at}/tool:use-1-0#1`,
      `tool-ended ${at}/tool:use-1-0#1`,
      `turn-started ${at}/turn#2`,
      `turn-ended ${at}/turn#2`,
      `agent-ended ${at}`,
    ]);
    expect(events[2]).toMatchObject({
      callId: 'call-1',
      agent: 'Helper',
      turn: 1,
      model: 'scripted',
      toolCalls: ['look'],
    });
    expect(events[4]).toMatchObject({ tool: 'look', useId: 'use-1-0', isError: false, took: expect.any(Number) });
    expect(events[7]).toMatchObject({ turns: 2, toolCalls: 1, stop: 'answer', usage: ran.result.usage });
    events.splice(0);
    await runAgent(Helper, { prompt: 'Go.' }, { model: script(), journal, onAgentEvent });
    expect(events.map(brief)).toEqual([
      `agent-started ${at}`,
      `turn-ended ${at}/turn#1 again`,
      `tool-ended ${at}/tool:use-1-0#1 again`,
      `turn-ended ${at}/turn#2 again`,
      `agent-ended ${at} again`,
    ]);
  });

  it('is told of a turn that fails, and of the agent that ends by it', async () => {
    const events: AgentEvent[] = [];
    const model = () => Promise.reject(new Error('overloaded'));
    await runAgent(Helper, { prompt: 'Go.' }, { model, onAgentEvent: (event) => void events.push(event) });
    expect(events.slice(2)).toMatchObject([
      { kind: 'turn-ended', failed: true },
      { kind: 'agent-ended', turns: 0 },
    ]);
    expect(events[3]).not.toHaveProperty('stop');
  });

  it('is told to plugins, none of which can disturb it', async () => {
    @Tool({ name: 'help', description: 'Helps.' })
    class Help {
      async call(_: object, ctx: CallContext) {
        return (await ctx.agent(Helper, { prompt: 'Go.' })).value;
      }
    }
    const heard: string[] = [];
    const wrong: unknown[] = [];
    const deaf = {
      name: 'deaf',
      setup: (host: { onAgentEvent(l: () => void): void }) => host.onAgentEvent(() => fail()),
    };
    const fail = () => {
      throw new Error('I am broken');
    };
    const app = await createApp({
      name: 'helpers',
      version: '1.0.0',
      use: [Help, Helper, deaf, { name: 'ear', setup: (host) => host.onAgentEvent((event) => heard.push(event.kind)) }],
      model: script(),
      report: (error) => wrong.push(error),
    });
    const client = await connect(app, { revision: '2026-07-28' });
    expect(await client.callTool('help')).toMatchObject({ content: [{ text: 'Done.' }] });
    expect(heard).toHaveLength(8);
    expect(wrong).toHaveLength(8);
    await app.close();
  });
});
