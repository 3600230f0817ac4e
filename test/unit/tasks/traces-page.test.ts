// The code of docs/traces.md, run through the public door, and what its traces look like.
import { IsString } from 'class-validator';
import {
  Agent,
  createApp,
  type CreateMessageResult,
  formatTrace,
  Task,
  type TaskContext,
  TaskTrace,
  Tool,
  type Trace,
} from 'perdura';
import { type ScriptedTurn, scriptedModel } from 'perdura/testing';
import { checkedConnect as connect } from '../../checked-connect.js';

const turn = (content: CreateMessageResult['content'], outputTokens: number): ScriptedTurn => ({
  ...{ role: 'assistant' as const, model: 'scripted', content },
  usage: { inputTokens: 100, outputTokens, cost: 0.01 },
});
const search = { type: 'tool_use', id: 'use-1', name: 'search', input: { topic: 'birds' } } as const;

class Topic {
  @IsString() topic!: string;
}

@Tool({ name: 'search', description: 'Find passages.', input: Topic })
class Search {
  call({ topic }: Topic) {
    return `something about ${topic}`;
  }
}

@Agent({ instructions: 'Research.', tools: [Search] })
class Researcher {}

@Task({ name: 'note', description: 'Note a topic.', input: Topic })
class Note {
  call({ topic }: Topic, ctx: TaskContext) {
    return ctx.step('write', () => topic);
  }
}

//#region trace
@Task({ name: 'report', description: 'Report on a topic.', input: Topic })
class Report {
  async call({ topic }: Topic, ctx: TaskContext) {
    const { value } = await ctx.agent(Researcher, { prompt: topic });
    await ctx.task(Note, { topic: value });
    const { usage } = await ctx.trace();
    ctx.log.info(`${usage?.outputTokens} tokens so far`);
    return value;
  }
}
//#endregion

const boot = () => {
  const model = scriptedModel([turn(search, 5), turn({ type: 'text', text: 'They fly.' }, 20)]);
  //#region app
  return createApp({ name: 'press', version: '1.0.0', use: [Report, Note, Researcher, Search, TaskTrace], model });
  //#endregion
};

const shape = (text: string): string => text.replace(/\d+ ms|\d+\.\d s/g, 'n ms');

describe.each(['2025-11-25', '2026-07-28'] as const)('the trace of a task on %s', (revision) => {
  it('is a tree of what the task did, read as a resource by its owner', async () => {
    const app = await boot();
    const client = await connect(app, { revision, logLevel: 'info' });
    const { taskId } = await client.startTask('report', { topic: 'birds' });
    await client.followTask(taskId);
    const { contents } = await client.readResource(`task://${taskId}/trace`);
    const trace = JSON.parse((contents[0] as { text: string }).text) as Trace;
    expect(trace).toMatchObject({ taskId, kind: 'task', status: 'completed', turns: 2 });
    expect(trace.usage).toEqual({ inputTokens: 200, outputTokens: 25, cost: 0.02 });
    expect(shape(formatTrace({ ...trace, activations: 1 })).replaceAll(' · replayed', '')).toBe(
      [
        'task report · completed · 2 turns · 200 → 25 tokens · cost 0.02 · n ms',
        '├─ agent Researcher · 2 turns · 200 → 25 tokens · cost 0.02 · n ms',
        '│  ├─ turn 1 · scripted · 100 → 5 tokens · cost 0.01 · n ms',
        '│  ├─ tool search · n ms',
        '│  └─ turn 2 · scripted · 100 → 20 tokens · cost 0.01 · n ms',
        '└─ task note · n ms',
        '   └─ step write · n ms',
        '',
      ].join('\n'),
    );
    await app.close();
  });

  it('is not found by anybody else, and neither is that of no task', async () => {
    const app = await boot();
    const client = await connect(app, { revision });
    const { taskId } = await client.startTask('report', { topic: 'birds' });
    await client.followTask(taskId);
    const stranger = await connect(app, { revision, principal: { owner: 'mallory', scopes: [] } });
    const code = revision === '2025-11-25' ? -32002 : -32602;
    const refused = { code, message: 'Resource not found' };
    await expect(stranger.readResource(`task://${taskId}/trace`)).rejects.toMatchObject(refused);
    await expect(client.readResource('task://no-such-task/trace')).rejects.toMatchObject(refused);
    await app.close();
  });
});
