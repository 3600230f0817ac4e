import { agentTool } from '../../../framework/agent/agent-tool.js';
import { Agent } from '../../../framework/decorators/agent.js';
import { ToolError } from '../../../framework/errors.js';
import type { AgentInterceptor } from '../../../framework/metadata/agent-hooks.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { CreateMessageResult } from '../../../framework/spec.js';
import { scriptedModel } from '../../../framework/testing/scripted-model.js';
import { runAgent, toldOf } from './agent-fixture.js';

const echo = agentTool<Record<string, unknown>>({
  name: 'echo',
  inputSchema: { type: 'object' },
  call: (input) => input,
});
const script = () => scriptedModel([{ calls: [{ name: 'echo', input: { secret: 'x', word: 'hi' } }] }, 'Done.']);

async function guarded(interceptor: AgentInterceptor, journal = new MemoryJournal(), model = script()) {
  @Agent({ name: 'Guarded', instructions: 'Help.', tools: [echo], intercept: [interceptor] })
  class Guarded {}
  return { ...(await runAgent(Guarded, { prompt: 'Go.' }, { model, journal })), model };
}

describe('an interceptor of an agent', () => {
  it('sees each turn and tool call, and may change what goes in and what comes out; that is what is recorded', async () => {
    const seen: unknown[] = [];
    const interceptor: AgentInterceptor = {
      async turn({ agent, turn, request, caller }, next) {
        seen.push([agent, turn, caller.owner]);
        const answer = await next({ ...request, systemPrompt: 'Be brief.' });
        return turn === 1 ? answer : { ...answer, content: { type: 'text', text: 'Censored.' } };
      },
      async tool({ tool, input }, next) {
        seen.push([tool, input]);
        const result = await next({ ...(input as object), secret: '***' });
        return { content: [...result.content, { type: 'text', text: 'checked' }] };
      },
    };
    const journal = new MemoryJournal();
    const { result, model } = await guarded(interceptor, journal);
    expect(seen).toEqual([
      ['Guarded', 1, 'anonymous'],
      ['echo', { secret: 'x', word: 'hi' }],
      ['Guarded', 2, 'anonymous'],
    ]);
    expect(model.requests[0]?.systemPrompt).toBe('Be brief.');
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual(['use-1-0 {"secret":"***","word":"hi"},checked']);
    expect(result.value).toBe('Censored.');
    const again = await guarded({ turn: () => Promise.reject(new Error('asked again')) }, journal);
    expect(again.result).toEqual(result);
  });

  it('may answer in place of the model or the tool', async () => {
    const { result, model } = await guarded({
      turn: () => ({ role: 'assistant', model: 'cache', content: { type: 'text', text: 'From the cache.' } }),
    });
    expect([result.value, model.requests.length]).toEqual(['From the cache.', 0]);
    expect(result.usage).toEqual({ turns: 1, toolCalls: 0 });
    const canned = await guarded({ tool: () => ({ content: [{ type: 'text', text: 'canned' }] }) });
    expect(toldOf(canned.model.requests[1]?.messages.at(-1))).toEqual(['use-1-0 canned']);
  });

  it('may refuse: a tool call to the model, a turn to whoever started the agent', async () => {
    const refuse = () => {
      throw new ToolError('Not that.');
    };
    const { result, model } = await guarded({ tool: refuse });
    expect(toldOf(model.requests[1]?.messages.at(-1))).toEqual(['use-1-0! Not that.']);
    expect(result.value).toBe('Done.');
    expect((await guarded({ turn: refuse })).error).toMatchObject({ name: 'ToolError', message: 'Not that.' });
  });

  it('is held to the rules: next() once, and an answer of the shape of one', async () => {
    const twice: AgentInterceptor = {
      turn: async (_, next) => {
        await next();
        return next();
      },
    };
    expect((await guarded(twice)).error).toMatchObject({ code: 'NEXT_TWICE' });
    const broken = { role: 'user', content: [] } as unknown as CreateMessageResult;
    expect((await guarded({ turn: () => broken })).error).toMatchObject({ code: 'ANSWER_INVALID' });
  });
});
