import { agentTool } from '../../../framework/agent/agent-tool.js';
import { summarize, trim } from '../../../framework/agent/context-strategies.js';
import { Agent } from '../../../framework/decorators/agent.js';
import type { ContextStrategy } from '../../../framework/metadata/agent-hooks.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { AgentRequest } from '../../../framework/runtime/context.js';
import type { CreateMessageRequestParams, SamplingMessage } from '../../../framework/spec.js';
import { scriptedModel, type ScriptedTurn } from '../../../framework/testing/scripted-model.js';
import { runAgent } from './agent-fixture.js';

const dig = agentTool({ name: 'dig', call: () => 'earth' });
const photograph = agentTool({
  name: 'photograph',
  call: () => ({ content: [{ type: 'image', data: 'A'.repeat(4000), mimeType: 'image/png' }] }),
});
const digging = (times: number): ScriptedTurn[] => [
  ...Array.from({ length: times }, () => ({ calls: [{ name: 'dig' }] })),
  'Done.',
];

type Prompt = AgentRequest<unknown>['prompt'];

async function run(
  context: ContextStrategy,
  turns: readonly ScriptedTurn[],
  journal = new MemoryJournal(),
  prompt: Prompt = 'Dig a hole.',
) {
  @Agent({ name: 'Digger', instructions: 'Dig.', tools: [dig, photograph], context })
  class Digger {}
  Object.defineProperty(Digger, 'name', { value: 'Digger' });
  const model = scriptedModel(turns);
  const ran = await runAgent(Digger, { prompt }, { model, journal });
  return { ...ran, requests: model.requests };
}

const text = (role: 'user' | 'assistant', said: string): SamplingMessage => ({
  role,
  content: { type: 'text', text: said },
});

/** A conversation that an agent is asked to go on with. */
const CONVERSATION = [
  text('user', 'Good morning.'),
  text('assistant', 'Good morning!'),
  text('user', 'What a day.'),
  text('assistant', 'Indeed.'),
  text('user', 'Dig a hole.'),
];

/** The ids of the tool calls and results in a request, in order, and every other message's text. */
const sent = ({ messages }: CreateMessageRequestParams) =>
  messages.flatMap(({ content }) =>
    [content].flat().map((block) => {
      if (block.type === 'tool_use') return `call ${block.id}`;
      if (block.type === 'tool_result') return `result ${block.toolUseId}`;
      return block.type === 'text' ? block.text : block.type;
    }),
  );

describe('trim', () => {
  it('sends the prompt and the latest turns that fit, each with the results of its tools', async () => {
    const { requests, result } = await run(trim({ messages: 4 }), digging(3));
    expect(requests.map(sent)).toEqual([
      ['Dig a hole.'],
      ['Dig a hole.', 'call use-1-0', 'result use-1-0'],
      ['Dig a hole.', 'call use-2-0', 'result use-2-0'],
      ['Dig a hole.', 'call use-3-0', 'result use-3-0'],
    ]);
    expect(result.messages).toHaveLength(8);
  });

  it('counts tokens too, and always sends the latest turn', async () => {
    const { requests } = await run(trim({ tokens: 1 }), digging(2));
    expect(requests.map((request) => sent(request).length)).toEqual([1, 3, 3]);
  });

  it('may come or go under a running agent: what was recorded was said, not what was sent', async () => {
    const { result, journal } = await run(trim({ messages: 3 }), digging(3));
    const cut = new MemoryJournal(journal.entries().filter(([key]) => !key.endsWith('turn#4')));
    const again = await run(({ messages }) => ({ messages }), ['Done.'], cut);
    expect(again.result.messages).toEqual(result.messages);
    expect(again.requests.map((request) => sent(request).length)).toEqual([7]);
  });
});

describe('a conversation that the agent goes on with', () => {
  it('is trimmed like its turns, but for how it began and what it is asked to do', async () => {
    const { requests } = await run(trim({ messages: 6 }), digging(3), undefined, CONVERSATION);
    const [beginning, asked] = ['Good morning.', 'Dig a hole.'];
    expect(requests.map(sent)).toEqual([
      [beginning, 'Good morning!', 'What a day.', 'Indeed.', asked],
      [beginning, 'Indeed.', asked, 'call use-1-0', 'result use-1-0'],
      [beginning, asked, 'call use-1-0', 'result use-1-0', 'call use-2-0', 'result use-2-0'],
      [beginning, asked, 'call use-2-0', 'result use-2-0', 'call use-3-0', 'result use-3-0'],
    ]);
    for (const { messages } of requests) {
      const roles = messages.map(({ role }) => role);
      expect(roles.some((role, index) => role === roles[index + 1])).toBe(false);
    }
  });

  it('is summed up in words alone, and what the agent is asked to do stays beside the summary', async () => {
    const script: ScriptedTurn[] = [
      { calls: [{ name: 'photograph' }] },
      ...digging(1).slice(0, 1),
      'In short.',
      'Done.',
    ];
    const strategy = summarize({ messages: 7, keep: 1 });
    const { requests } = await run(strategy, script, undefined, CONVERSATION);
    const [summed = ''] = sent(requests[2] as CreateMessageRequestParams);
    expect(summed).toContain('What a day.');
    expect(summed).toContain('"mimeType":"image/png"');
    expect(summed).not.toContain('AAAA');
    expect(sent(requests[3] as CreateMessageRequestParams)).toEqual([
      'Good morning.',
      'Dig a hole.',
      expect.stringContaining('In short.'),
      'call use-2-0',
      'result use-2-0',
    ]);
  });
});

describe('summarize', () => {
  const strategy = summarize({ messages: 5, keep: 1, maxTokens: 99 });
  const script = [
    ...digging(3).slice(0, 3),
    (request: CreateMessageRequestParams) => `Summary of ${sent(request)[0]?.split('use-').length} parts.`,
    { calls: [{ name: 'dig' }] },
    'All done.',
  ];

  it('has the model sum up all but the latest turns once it is too long, and goes on from that', async () => {
    const { requests, result } = await run(strategy, script);
    expect(requests[3]).toMatchObject({ maxTokens: 99, systemPrompt: expect.stringContaining('Summarise') });
    expect(sent(requests[3] as CreateMessageRequestParams)[0]).toContain('"toolUseId":"use-2-0"');
    const told = expect.stringMatching(/^What happened so far, in short:\nSummary of/);
    expect(sent(requests[4] as CreateMessageRequestParams)).toEqual([
      'Dig a hole.',
      told,
      'call use-3-0',
      'result use-3-0',
    ]);
    expect(sent(requests[5] as CreateMessageRequestParams)).toEqual([
      'Dig a hole.',
      told,
      'call use-3-0',
      'result use-3-0',
      'call use-5-0',
      'result use-5-0',
    ]);
    expect(result).toMatchObject({ value: 'All done.', turns: 5, usage: { turns: 6 } });
    expect(result.messages).toHaveLength(10);
  });

  it('asks for no summary again that was made before the run was cut off, wherever that was', async () => {
    const { result, journal } = await run(strategy, script);
    const entries = journal.entries();
    for (let cut = 0; cut <= entries.length; cut++) {
      const kept = entries.slice(0, cut);
      const asked = kept.filter(([key]) => /turn#\d+$/.test(key)).length;
      // Ids name the request, so the script goes on with its number.
      const rest = script.slice(asked).map((turn, index): ScriptedTurn => {
        const id = `use-${asked + index + 1}-0`;
        if (typeof turn !== 'object' || !('calls' in turn)) return turn;
        return { role: 'assistant', model: 'scripted', content: [{ type: 'tool_use', id, name: 'dig', input: {} }] };
      });
      const again = await run(strategy, rest, new MemoryJournal(kept));
      expect(again.requests).toHaveLength(script.length - asked);
      expect(JSON.stringify(again.result.messages)).toBe(JSON.stringify(result.messages));
      expect(again.result.usage.turns).toBe(6);
    }
  });
});
