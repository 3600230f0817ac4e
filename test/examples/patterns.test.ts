import { createApp, type Model, type TaskEngineOptions } from 'perdura';
import { scriptedModel } from 'perdura/testing';
import { DebateTask, Judge, Opponent, Proponent } from '../../examples/patterns/debate.js';
import { LetterTask, Secretary } from '../../examples/patterns/human-approval.js';
import { DigestTask, Merger, Reader } from '../../examples/patterns/map-reduce.js';
import { BriefingTask, Headlines, Reporter } from '../../examples/patterns/nightly-schedule.js';
import { Editor, Planner, ReportTask, Researcher } from '../../examples/patterns/planner-researchers-editor.js';
import { FrontDesk, HelpTask } from '../../examples/patterns/router.js';
import { checkedConnect as connect } from '../checked-connect.js';
import { RedisServer } from '../fixtures/redis-server.js';

type Classes = Parameters<typeof createApp>[0]['use'];

/** The model's answers follow from the system prompt and the last message, whoever is asked first. */
const echo: Model = (request) => {
  const last = [request.messages.at(-1)?.content ?? []].flat()[0];
  const said = last?.type === 'text' ? last.text : '';
  const text = `<${request.systemPrompt?.split(' ')[0]} ${said.replaceAll('\n', ' ')}>`;
  return Promise.resolve({ role: 'assistant', model: 'echo', content: { type: 'text', text } });
};

describe.each(['2025-11-25', '2026-07-28'] as const)('a pattern of agents on %s', (revision) => {
  const run = async (
    use: Classes,
    model: Model,
    task: string,
    input: Record<string, unknown>,
    { elicit, tasks }: { elicit?: unknown; tasks?: TaskEngineOptions } = {},
  ) => {
    const app = await createApp({ name: 'patterns', version: '1.0.0', use, model, ...(tasks && { tasks }) });
    const client = await connect(app, { revision, ...(elicit !== undefined && { elicit: elicit as never }) });
    const result = await client.runTask(task, input as never);
    await app.close();
    return result;
  };

  it('is a planner, researchers side by side, and an editor', async () => {
    const plan = scriptedModel(['{"parts":["one","two"]}']);
    const model: Model = (request, options) => (plan.requests.length === 0 ? plan(request) : echo(request, options));
    const use = [ReportTask, Planner, Researcher, Editor];
    expect(await run(use, model, 'report', { question: 'Why?' })).toMatchObject({
      content: [{ text: '<Make ## one <Answer Why?  Your part: one>  ## two <Answer Why?  Your part: two>>' }],
    });
  });

  it('is a debate, in which each hears what was said before', async () => {
    const heard: string[] = [];
    const script = scriptedModel(['Yes.', 'No.', 'Yes!', 'No!', '{"winner":"for","reason":"louder"}']);
    const model: Model = (request) => {
      heard.push(JSON.stringify(request.messages[0]?.content));
      return script(request);
    };
    const use = [DebateTask, Proponent, Opponent, Judge];
    expect(await run(use, model, 'debate', { question: 'Tea?' })).toMatchObject({
      structuredContent: { winner: 'for', reason: 'louder' },
    });
    expect(heard[4]).toContain('For: Yes.\\n\\nAgainst: No.\\n\\nFor: Yes!\\n\\nAgainst: No!');
  });

  it('is a router, whose choice answers', async () => {
    const model = scriptedModel([{ calls: [{ name: 'hand_over_to_repairs' }] }, 'We mend it.']);
    expect(await run([HelpTask, FrontDesk], model, 'help', { question: 'My kettle leaks.' })).toMatchObject({
      content: [{ text: 'repairs: We mend it.' }],
    });
  });

  it('is a map over parts, reduced in pairs in their order', async () => {
    expect(await run([DigestTask, Reader, Merger], echo, 'digest', { text: 'a\n\nb\n\nc' })).toMatchObject({
      content: [{ text: '<Merge <Merge <Note a> --- <Note b>> --- <Note c>>' }],
    });
  });

  it('is a draft that a person has changed until it is right', async () => {
    const answers = [{ approved: false, comment: 'Friendlier.' }, { approved: true }];
    const model = scriptedModel(['Sir,', (request) => `Dear all (${JSON.stringify(request).includes('Friendlier.')})`]);
    const elicit = () => ({ action: 'accept', content: answers.shift() });
    expect(await run([LetterTask, Secretary], model, 'letter', { question: 'Invite.' }, { elicit })).toMatchObject({
      content: [{ text: 'Dear all (true)' }],
    });
  });

  it('is a task of every night, which a client may start by hand', async () => {
    const redis = await RedisServer.start();
    const model = scriptedModel([
      { calls: [{ name: 'headlines', input: { topic: 'outages' } }] },
      (request) => `All well (${JSON.stringify(request).includes('Quiet on outages.')}).`,
    ]);
    const tasks = { redis: redis.url, work: 'here' } as const;
    const use = [BriefingTask, Reporter, Headlines];
    expect(await run(use, model, 'briefing', { topic: 'outages' }, { tasks })).toMatchObject({
      content: [{ text: expect.stringMatching(/^\d{4}-\d\d-\d\d: All well \(true\)\.$/) as string }],
    });
    await redis.stop();
  });
});
