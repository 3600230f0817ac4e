import { IsArray, IsInt, IsOptional, IsString } from 'class-validator';
import { z } from 'zod';
import { Agent } from '../../../framework/decorators/agent.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { ToolError } from '../../../framework/errors.js';
import { MemoryJournal } from '../../../framework/protocol/features/memory-journal.js';
import type { AgentRequest, AgentResult, CallContext } from '../../../framework/runtime/context.js';
import { jsonSchema } from '../../../framework/schema/json-schema.js';
import type { CreateMessageRequestParams, CreateMessageResult, SamplingMessage } from '../../../framework/spec.js';
import { scriptedModel, type ScriptedTurn } from '../../../framework/testing/scripted-model.js';
import { boot, siteOf, TestInbox, type Said } from '../runtime/runtime-fixture.js';

class Query {
  @IsString() query!: string;
  @IsInt() @IsOptional() delay?: number;
}

class Finding {
  @IsString() claim!: string;
  @IsArray() @IsString({ each: true }) sources!: string[];
}

const order: string[] = [];
const owners: string[] = [];

class Library {
  @Tool({ name: 'search', description: 'Finds passages.', input: Query })
  async search({ query, delay = 0 }: Query, ctx: CallContext) {
    order.push(`start ${query}`);
    owners.push(ctx.principal.owner);
    for (let turn = 0; turn < delay; turn++) await new Promise((resolve) => setImmediate(resolve));
    order.push(`end ${query}`);
    if (query === 'missing') throw new ToolError('Nothing found.');
    if (query === 'broken') throw new Error('password=hunter2');
    return `found ${query}`;
  }
}

@Tool({ name: 'extra', description: 'Given for one run.' })
class Extra {
  call() {
    return 'extra';
  }
}

@Tool({ name: 'hidden', description: 'Not for agents.' })
class Hidden {
  static calls = 0;
  call() {
    Hidden.calls++;
    return 'hidden';
  }
}

@Tool({ name: 'again', description: 'Starts the agent that called it.' })
class Again {
  static depth = 0;
  async call(_: object, ctx: CallContext) {
    Again.depth++;
    return (await ctx.agent(Looper, { prompt: 'Again' })).value;
  }
}

@Agent({ instructions: 'Loop.', tools: [Again] })
class Looper {}

@Agent({ instructions: 'You are a librarian.', tools: [Library], maxTurns: 4, temperature: 0.5 })
class Researcher {}

@Agent({ name: 'thinker', instructions: 'Think.' })
class Thinker {}

class Stranger {}

let request: AgentRequest<unknown>;
let agent: new () => object = Researcher;
let result: AgentResult<unknown>;

@Tool({ name: 'run', description: 'Runs an agent.' })
class Run {
  static before: (ctx: CallContext) => void = () => undefined;
  async call(_: object, ctx: CallContext) {
    Run.before(ctx);
    result = await ctx.agent(agent, request);
    return 'done';
  }
}

const classes = [Run, Library, Hidden, Extra, Researcher, Thinker, Looper];

async function run(turns: readonly ScriptedTurn[], given: Partial<AgentRequest<unknown>> = {}, who = Researcher) {
  request = { prompt: 'What is MCP?', ...given };
  agent = who;
  const model = scriptedModel(turns);
  const said: Said = { progress: [], log: [] };
  const booted = boot(classes, { model });
  const outcome = await booted.call('run', {}, siteOf({ said, principal: { owner: 'ada', scopes: [] } }));
  return { outcome, said, requests: model.requests, reports: booted.reports };
}

const calls = (...queries: (string | { query: string; delay: number })[]): ScriptedTurn => ({
  calls: queries.map((query) => ({ name: 'search', input: typeof query === 'string' ? { query } : query })),
});

const last = (params: CreateMessageRequestParams | undefined) => params?.messages.at(-1) as SamplingMessage;
const results = (message: SamplingMessage) =>
  [message.content].flat().map((block) => {
    if (block.type !== 'tool_result') return block.type;
    return `${block.toolUseId}${block.isError ? '!' : ''} ${block.content.map((part) => 'text' in part && part.text).join()}`;
  });

const error = (told: string) => ({
  kind: 'result',
  result: { isError: true, content: [{ text: expect.stringContaining(told) }] },
});

beforeEach(() => {
  Run.before = () => undefined;
  order.splice(0);
  owners.splice(0);
});

describe('an agent', () => {
  it('asks its model with instructions, limits and tools, and gives back the answer', async () => {
    const { requests, outcome } = await run(['It is a protocol.']);
    expect(outcome).toMatchObject({ kind: 'result', result: { content: [{ text: 'done' }] } });
    expect(requests).toEqual([
      {
        systemPrompt: 'You are a librarian.',
        maxTokens: 4096,
        temperature: 0.5,
        messages: [{ role: 'user', content: { type: 'text', text: 'What is MCP?' } }],
        tools: [
          { name: 'search', description: 'Finds passages.', inputSchema: expect.objectContaining({ type: 'object' }) },
        ],
        toolChoice: { mode: 'auto' },
      },
    ]);
    expect(result).toMatchObject({
      value: 'It is a protocol.',
      text: 'It is a protocol.',
      turns: 1,
      toolCalls: 0,
      stop: 'answer',
    });
  });

  // Spec: sampling.only-results, sampling.balance, sampling.matching, sampling.roles
  it('runs the tools of a turn side by side as the caller, and answers with their results alone, in the order of the calls', async () => {
    const { requests } = await run([calls({ query: 'slow', delay: 4 }, { query: 'fast', delay: 1 }), 'Done.']);
    expect(order).toEqual(['start slow', 'start fast', 'end fast', 'end slow']);
    expect(owners).toEqual(['ada', 'ada']);
    expect(last(requests[1]).role).toBe('user');
    expect(results(last(requests[1]))).toEqual(['use-1-0 found slow', 'use-1-1 found fast']);
    expect(result).toMatchObject({ turns: 2, toolCalls: 2, stop: 'answer' });
    expect(result.messages).toHaveLength(4);
  });

  it('tells the model of bad arguments, of failures and of tools that it was not offered, and never runs those', async () => {
    const { requests, reports } = await run([
      {
        calls: [
          { name: 'search', input: { query: 7 } },
          { name: 'search', input: { query: 'missing' } },
          { name: 'search', input: { query: 'broken' } },
          { name: 'hidden' },
          { name: '__proto__' },
        ],
      },
      'Done.',
    ]);
    const told = results(last(requests[1]));
    expect(told).toEqual([
      expect.stringMatching(/^use-1-0! The arguments of "search" are not valid:\n- query: /),
      'use-1-1! Nothing found.',
      expect.stringMatching(/^use-1-2! Internal error \(reference /),
      'use-1-3! There is no such tool. The tools are: search.',
      'use-1-4! There is no such tool. The tools are: search.',
    ]);
    expect(JSON.stringify(told)).not.toContain('hunter2');
    expect(reports).toHaveLength(1);
    expect(Hidden.calls).toBe(0);
  });

  it('refuses a second call of the same id, and all calls of a turn beyond the 64th', async () => {
    const use = (id: string) => ({ type: 'tool_use' as const, id, name: 'search', input: { query: 'q' } });
    const message = (content: CreateMessageResult['content']): CreateMessageResult => ({
      role: 'assistant',
      model: 'm',
      content,
    });
    const { requests } = await run([
      message([use('a'), use('a')]),
      message(use('a')),
      message(Array.from({ length: 66 }, (_, index) => use(`n${index}`))),
      'Done.',
    ]);
    expect(results(last(requests[1]))).toEqual(['a found q', expect.stringMatching(/^a! Another call/)]);
    expect(results(last(requests[2]))).toEqual(['a found q']);
    const many = results(last(requests[3]));
    expect(many.filter((text) => text.includes('!'))).toEqual([
      expect.stringMatching(/^n64! Only 64/),
      expect.stringMatching(/^n65!/),
    ]);
    expect(order.filter((text) => text.startsWith('start'))).toHaveLength(66);
  });

  // Spec: sampling.iterations
  it('is not given a choice of tools on its last turn, and stops there', async () => {
    const { requests } = await run([calls('a'), calls('b'), calls('c'), 'Enough.']);
    expect(requests.map(({ toolChoice }) => toolChoice?.mode)).toEqual(['auto', 'auto', 'auto', 'none']);
    expect(result).toMatchObject({ value: 'Enough.', turns: 4, toolCalls: 3, stop: 'maxTurns' });
  });

  it('runs no tool that is asked for on the last turn, and leaves no call without a result', async () => {
    const { requests } = await run([calls('never')], { maxTurns: 1 });
    expect(requests).toHaveLength(1);
    expect(order).toEqual([]);
    expect(result).toMatchObject({ value: '', turns: 1, toolCalls: 0, stop: 'maxTurns' });
    expect(results(result.messages.at(-1) as SamplingMessage)).toEqual(['use-1-0! Tools are no longer offered.']);
  });

  it('may be given more tools for one run, and messages to go on from', async () => {
    const messages: SamplingMessage[] = [
      { role: 'user', content: { type: 'text', text: 'Hi' } },
      { role: 'assistant', content: { type: 'text', text: 'Ho' } },
    ];
    const { requests } = await run([{ calls: [{ name: 'extra' }] }, 'Done.'], { prompt: messages, tools: [Extra] });
    expect(requests[0]?.messages).toEqual(messages);
    expect(requests[0]?.tools?.map(({ name }) => name)).toEqual(['search', 'extra']);
    expect(results(last(requests[1]))).toEqual(['use-1-0 extra']);
  });

  it('needs no tools', async () => {
    const { requests } = await run(['Therefore.'], {}, Thinker);
    expect(requests[0]).toEqual({ systemPrompt: 'Think.', maxTokens: 4096, messages: expect.any(Array) });
    expect(result.stop).toBe('answer');
  });

  it('is unknown where it is not in the app', async () => {
    const { reports } = await run([], {}, Stranger);
    expect(reports[0]?.error).toMatchObject({ code: 'UNKNOWN_AGENT' });
    const added = await run([], { tools: [Stranger] });
    expect(added.reports[0]?.error).toMatchObject({ code: 'UNKNOWN_AGENT_TOOL' });
  });

  it("may be given a tool that stands in another agent's list alone", async () => {
    const { requests } = await run(['Done.'], { tools: [Again] });
    expect(requests[0]?.tools?.map(({ name }) => name)).toEqual(['search', 'again']);
  });

  it('takes no number of turns that is none, since it would never be reached', async () => {
    for (const maxTurns of [NaN, 0, 1.5]) {
      const { reports, requests } = await run([calls('never'), calls('never')], { maxTurns });
      expect(reports).toMatchObject([{ error: { code: 'INVALID_AGENT' } }]);
      expect(requests).toEqual([]);
    }
  });

  it('cannot start itself without end', async () => {
    const turn = { calls: [{ name: 'again' }] };
    await run([...Array.from({ length: 8 }, () => turn), ...Array.from({ length: 8 }, () => 'Up.')], {}, Looper);
    expect(Again.depth).toBe(8);
    expect(result.value).toBe('Up.');
  });

  it("tells of every turn in the log, and as progress beside the author's own", async () => {
    const { said } = await run([calls('a', 'b'), 'Done.']);
    expect(said.log).toEqual([
      ['info', { agent: 'Researcher', turn: 1, toolCalls: ['search', 'search'] }, 'perdura.agent'],
      ['info', { agent: 'Researcher', turn: 2, toolCalls: [] }, 'perdura.agent'],
    ]);
    expect(said.progress).toEqual([
      [1, undefined, 'Researcher: turn 1, calls search, search'],
      [2, undefined, 'Researcher: turn 2'],
    ]);
    Run.before = (ctx) => ctx.progress(1, 4, 'planning');
    const beside = await run([calls('a'), 'Done.']);
    expect(beside.said.progress).toEqual([
      [1, 4, 'planning'],
      [1, 4, 'planning (Researcher: turn 1, calls search)'],
      [1, 4, 'planning (Researcher: turn 2)'],
    ]);
  });
});

describe('the structured answer of an agent', () => {
  const answer = { claim: 'MCP is a protocol.', sources: ['spec:1'] };
  const json = JSON.stringify(answer);

  it.each([
    ['alone', json],
    ['in a code fence', `Here it is:\n\`\`\`json\n${json}\n\`\`\`\nGood luck!`],
    ['within prose', `I think it is this: ${json}`],
    ['after a reference in brackets', `As [1] says: ${json}`],
    ['after braces that are not its own', `{ "found": 1 }\n\`\`\`json\n${json}\n\`\`\``],
  ])('is found %s, checked and made an instance', async (_where, text) => {
    const { requests } = await run([text], { output: Finding });
    expect(requests[0]?.systemPrompt).toContain(
      'You are a librarian.\n\nWhen you have what you need, answer with one JSON value',
    );
    expect(requests[0]?.systemPrompt).toContain('"sources"');
    expect(result.value).toEqual(answer);
    expect(result.value).toBeInstanceOf(Finding);
    expect(result.text).toBe(text);
  });

  it('may be a list or text: only arguments must be objects', async () => {
    await run(['["a", "b"]'], { output: z.array(z.string()) });
    expect(result.value).toEqual(['a', 'b']);
    await run(['The word is "yes".', '"yes"'], { output: jsonSchema({ enum: ['yes', 'no'] }) });
    expect(result).toMatchObject({ value: 'yes', turns: 2 });
  });

  it('is repaired with the issues told, twice at most', async () => {
    const { requests } = await run(['no idea', '{"claim": "x"}', json], { output: Finding });
    expect(last(requests[1]).content).toMatchObject({ text: expect.stringContaining('it is not JSON') });
    expect(last(requests[2]).content).toMatchObject({ text: expect.stringContaining('- sources') });
    expect(requests[1]?.toolChoice).toEqual({ mode: 'none' });
    expect(result).toMatchObject({ value: answer, turns: 3, stop: 'answer' });
    expect((await run(['no', 'no', 'no', json], { output: Finding })).outcome).toMatchObject(
      error('The agent Researcher gave no answer of the shape'),
    );
  });

  it('is asked for in the results of tools that were called too late', async () => {
    const { requests } = await run([calls('late'), json], { output: Finding, maxTurns: 1 });
    expect(results(last(requests[1]))).toEqual([expect.stringMatching(/^use-1-0! That answer does not fit/)]);
    expect(order).toEqual([]);
    expect(result.value).toEqual(answer);
  });
});

describe('the model of an agent', () => {
  it("is the client's where the server has none, and the client must be able to use tools", async () => {
    request = { prompt: 'What is MCP?' };
    agent = Researcher;
    const { call } = boot(classes);
    const answer = scriptedModel([calls('a'), 'Done.']);
    const inbox = new TestInbox(0, async (question) => ({
      ...(await answer(question.params as CreateMessageRequestParams)),
    }));
    await call('run', {}, siteOf({ inbox }));
    expect(inbox.asked.map(({ key }) => key)).toEqual(['agent:Researcher#1/turn#1', 'agent:Researcher#1/turn#2']);
    expect(result.value).toBe('Done.');
    const client = { capabilities: { sampling: {} } };
    expect(await call('run', {}, siteOf({ client, inbox }))).toMatchObject(error('"sampling.tools"'));
    agent = Thinker;
    expect(await call('run', {}, siteOf({ client, inbox: new TestInbox(0, () => undefined) }))).toEqual({
      kind: 'parked',
    });
  });

  // Spec: sampling.validate
  it('is untrusted: an answer of the wrong shape or size ends the agent', async () => {
    const bad = {
      role: 'assistant',
      model: 'm',
      content: [{ type: 'tool_use', id: 7 }],
    } as unknown as CreateMessageResult;
    expect((await run([bad])).outcome).toMatchObject(error('content[0].id is missing or of the wrong type'));
    expect((await run(['x'.repeat(2 ** 20)])).outcome).toMatchObject(error('the limit is 1048576'));
  });

  it('is not asked again about a turn that it took before the instructions changed', async () => {
    const go = async (journal: MemoryJournal, instructions: string, prompt: string, turns: readonly ScriptedTurn[]) => {
      @Agent({ instructions, tools: [Library] })
      class Changing {}
      request = { prompt };
      agent = Changing;
      const model = scriptedModel(turns);
      const outcome = await boot([Run, Library, Changing], { model }).call('run', {}, siteOf({ journal }));
      return { outcome, requests: model.requests };
    };
    const before = new MemoryJournal();
    await go(before, 'Old.', 'What is MCP?', [calls('a'), 'Lost.']);
    const cut = () => new MemoryJournal(before.entries().filter(([key]) => !key.endsWith('turn#2')));
    const { requests } = await go(cut(), 'New.', 'What is MCP?', ['Done.']);
    expect(requests.map(({ systemPrompt }) => systemPrompt)).toEqual(['New.']);
    expect(result.value).toBe('Done.');
    const other = await go(cut(), 'New.', 'What is ACP?', ['Done.']);
    expect(other.outcome).toMatchObject(error('The step "agent:Changing#1/turn#1" asks for something else'));
  });
});
