// The code of docs/testing.md about transcripts, run through the public door.
import { IsString } from 'class-validator';
import { Agent, agentTool, Task, type TaskContext, ToolError } from 'perdura';
import { expectTranscript, expectWithin, scriptedModel, testApp } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';

class Query {
  @IsString() query!: string;
}

const search = agentTool({
  name: 'search',
  input: Query,
  call: ({ query }) => {
    if (query === 'dragons') throw new ToolError('There are none.');
    return `Much about\n${query}.`;
  },
});

@Agent({ instructions: 'Search.', description: 'Searches.', tools: [search] })
class Scout {}

@Task({ name: 'survey', description: 'Surveys.', input: Query })
class Survey {
  async call({ query }: Query, ctx: TaskContext) {
    await ctx.step('prepare', () => 1);
    return (await ctx.agent(Scout, { prompt: query })).value;
  }
}

@Agent({ instructions: 'Lead.', tools: [Scout, Survey], budget: { turns: 8 } })
class Lead {}

@Task({ name: 'research', description: 'Researches.' })
class Research {
  async call(_: object, ctx: TaskContext) {
    return (await ctx.agent(Lead, { prompt: 'Dragons?' })).value;
  }
}

@Task({ name: 'sides', description: 'Hears both sides.' })
class Sides {
  async call(_: object, ctx: TaskContext) {
    return (await ctx.all(['yes', 'no'], (prompt, branch) => branch.agent(Scout, { prompt }))).map(({ text }) => text);
  }
}

const use = [Research, Survey, Sides, Lead, Scout];
const call = (name: string, input: Record<string, unknown>) => ({ calls: [{ name, input }] });

describe('the transcript of a task', () => {
  it('tells who said and called what, and what was used, whatever crashed', async () => {
    //#region transcript
    const model = scriptedModel([
      call('Scout', { prompt: 'Dragons?' }),
      call('search', { query: 'dragons' }),
      'None here.',
      'There are no dragons.',
    ]);
    const app = await testApp({ name: 'library', version: '1.0.0', use, model });
    app.crashAfter('turn#2');
    const client = await connect(app, { revision: '2026-07-28' });
    await client.runTask('research');
    const transcript = app.transcript();
    expectTranscript(
      transcript,
      `
        agent Lead
          turn 1: calls Scout {"prompt":"Dragons?"}
            Scout: None here.
              agent Scout
                turn 1: calls search {"query":"dragons"}
                  search failed: There are none.
                turn 2: None here.
          turn 2: There are no dragons.
      `,
    );
    expectWithin(transcript.usage, { turns: 8, tokens: 1_000 });
    expect(transcript.repeated).toEqual([]);
    await app.close();
    //#endregion
    expect(transcript).toMatchObject({ asked: 4, usage: { turns: 4, toolCalls: 2, estimated: true } });
    expect(app.crashes).toBe(1);
  });

  it('has child tasks where they were called, and calls of tools that there are not', async () => {
    const model = scriptedModel([
      { calls: [{ name: 'survey', input: { query: 'newts' } }, { name: 'dance' }] },
      call('search', { query: 'newts' }),
      'Two.',
      'Two newts.',
      call('search', { query: 'toads' }),
      call('search', { query: 'frogs' }),
      'Some.',
      'None.',
    ]);
    const app = await testApp({ name: 'library', version: '1.0.0', use, model });
    app.crashBefore('turn#2');
    const client = await connect(app, { revision: '2026-07-28' });
    const { taskId } = await client.startTask('research', {});
    await expect(client.followTask(taskId)).resolves.toBeDefined();
    expectTranscript(
      app.transcript(taskId),
      `
        agent Lead
          turn 1: calls survey {"query":"newts"}, dance
            survey: Two newts.
              task survey
                agent Scout
                  turn 1: calls search {"query":"newts"}
                    search: Much about newts.
                  turn 2: Two newts.
            dance failed: There is no such tool. The tools are: Scout, survey.
          turn 2: calls search {"query":"toads"}
            search failed: There is no such tool. The tools are: Scout, survey.
          turn 3: calls search {"query":"frogs"}
            search failed: There is no such tool. The tools are: Scout, survey.
          turn 4: Some.
      `,
    );
    // The answer that a crash lost was asked for once more.
    expect(app.transcript(taskId)).toMatchObject({ asked: 7, repeated: [], usage: { turns: 6, toolCalls: 5 } });
    await app.close();
  });

  it('is that of all tasks so far where none is named, and stays after they have ended', async () => {
    const app = await testApp({
      name: 'library',
      version: '1.0.0',
      use,
      model: scriptedModel(['One.', 'Two.', 'Three.']),
    });
    const client = await connect(app, { revision: '2025-11-25' });
    await client.runTask('sides');
    await client.runTask('survey', { query: 'newts' });
    expectTranscript(
      app.transcript(),
      `
      branch 0
        agent Scout
          turn 1: One.
      branch 1
        agent Scout
          turn 1: Two.
      agent Scout
        turn 1: Three.`,
    );
    expect(app.transcript('unknown')).toEqual({ text: '', usage: { turns: 0, toolCalls: 0 }, asked: 0, repeated: [] });
    await app.close();
  });
});

describe('expectations of a transcript', () => {
  const transcript = {
    text: 'agent A\n  turn 1: x\n  turn 2: y',
    usage: { turns: 2, toolCalls: 3 },
    asked: 2,
    repeated: [],
  };

  it('fail with the lines that differ', () => {
    expect(() => expectTranscript(transcript, 'agent A\n  turn 1: z\n  turn 2: y\n  turn 3: w')).toThrow(
      ['  agent A', '-   turn 1: z', '+   turn 1: x', '    turn 2: y', '-   turn 3: w'].join('\n'),
    );
  });

  it('fail with the limits of a budget that do not hold', () => {
    const usage = { turns: 2, toolCalls: 3, inputTokens: 10, outputTokens: 5, cost: 0.5 };
    expectWithin(usage, { turns: 2, toolCalls: 3, tokens: 15, cost: 0.5, time: '1s' });
    expect(() => expectWithin(usage, { turns: 1, toolCalls: 3, tokens: 14 })).toThrow(
      'More was used than the budget has:\n- turns: 2 of at most 1\n- tokens: 15 of at most 14',
    );
  });
});
