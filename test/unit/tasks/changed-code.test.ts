import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import type { Json } from '../../../framework/spec.js';
import { Engine, textOf } from './engine.js';

class Approval {
  @IsBoolean() approved!: boolean;
}

let [message, isAsked] = ['', true];
const about = { description: 'Asks twice, and the first question changes in between.' };

/** Asks beside a step of its own question, so that it runs again while one of them is open. */
async function both(ctx: TaskContext): Promise<string> {
  const beside = ctx.all(
    isAsked ? [message] : [],
    async (text, branch) => (await branch.elicit(text, Approval)).approved,
  );
  const { approved } = await ctx.elicit('Beside?', Approval);
  await ctx.elicit('And then?', Approval);
  return `${(await beside).join()} ${approved}`;
}

const QUESTIONS: Readonly<Record<string, (ctx: TaskContext) => Promise<string>>> = {
  elicit: async (ctx) => `${message} ${(await ctx.elicit(message, Approval)).approved}`,
  named: async (ctx) => `${message} ${(await ctx.elicit(message, Approval, { key: 'delete' })).approved}`,
  sample: async (ctx) => {
    const { content } = await ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: message } }] });
    return `${message} ${JSON.stringify(content)}`;
  },
};
const kinds = Object.keys(QUESTIONS);
let kind = '';

async function asks(ctx: TaskContext): Promise<string> {
  const { approved } = await ctx.elicit(message, Approval);
  const last = await ctx.elicit('And then?', Approval);
  return `${approved} ${last.approved}`;
}

class Work {
  @Task({ ...about, name: 'continues', onChange: 'continue' })
  continues(_: object, ctx: TaskContext) {
    return asks(ctx);
  }

  @Task({ ...about, name: 'one_continues', onChange: 'continue' })
  oneContinues(_: object, ctx: TaskContext) {
    return QUESTIONS[kind]!(ctx);
  }

  @Task({ ...about, name: 'one_fails' })
  oneFails(_: object, ctx: TaskContext) {
    return QUESTIONS[kind]!(ctx);
  }

  @Task({ ...about, name: 'both', onChange: 'continue' })
  both(_: object, ctx: TaskContext) {
    return both(ctx);
  }

  @Task({ ...about, name: 'fails' })
  fails(_: object, ctx: TaskContext) {
    return asks(ctx);
  }
}

describe('a task whose code has changed under it', () => {
  const start = async (tool: string) => {
    message = 'Before?';
    const engine = new Engine([Work]);
    const taskId = await engine.start(tool);
    await engine.accept(taskId, { approved: true });
    await engine.when(taskId, ({ open }) => JSON.stringify(open).includes('And then?'));
    message = 'After?';
    return { engine, taskId };
  };

  it('fails, naming the step that asks for something else', async () => {
    const { engine, taskId } = await start('fails');
    await engine.accept(taskId, { approved: false });
    expect(textOf(await engine.ended(taskId))).toMatch(/^The step "elicit#1" asks for something else/);
    await engine.tasks.close();
  });

  it('continues where it may: asks what it asks now, and keeps what still fits', async () => {
    const { engine, taskId } = await start('continues');
    await engine.accept(taskId, { approved: false });
    await engine.when(taskId, ({ open }) => JSON.stringify(open).includes('After?'));
    await engine.accept(taskId, { approved: false });
    expect(textOf(await engine.ended(taskId))).toBe('false false');
    await engine.tasks.close();
  });

  describe('before the answer to its question is in the journal', () => {
    const answerTo = (text: string): Json =>
      kind === 'sample'
        ? { role: 'assistant', model: 'm', content: { type: 'text', text } }
        : { action: 'accept', content: { approved: true } };
    const put = async (tool: string) => {
      [message, isAsked] = ['Delete the old report?', true];
      const engine = new Engine([Work]);
      const taskId = await engine.start(tool);
      const { open } = await engine.idle(taskId);
      message = 'Delete everything?';
      const keys = Object.keys(open);
      return { engine, taskId, keys };
    };

    it.each(kinds)('fails: the new code does not get the answer to what the old code asked (%s)', async (asked) => {
      kind = asked;
      const { engine, taskId, keys } = await put('one_fails');
      await engine.tasks.answer('alice', taskId, { [keys[0]!]: answerTo('yes') });
      expect(textOf(await engine.ended(taskId))).toContain(`The step "${keys[0]}" asks for something else`);
      await engine.tasks.close();
    });

    it.each(kinds)('continues where it may: asks what it asks now under a key of its own (%s)', async (asked) => {
      kind = asked;
      const { engine, taskId, keys } = await put('one_continues');
      await engine.tasks.answer('alice', taskId, { [keys[0]!]: answerTo('yes') });
      const { open } = await engine.when(taskId, ({ open: now }) => JSON.stringify(now).includes('Delete everything?'));
      expect(Object.keys(open)).not.toContain(keys[0]);
      await engine.tasks.answer('alice', taskId, { [Object.keys(open)[0]!]: answerTo('certainly') });
      expect(textOf(await engine.ended(taskId))).toMatch(/^Delete everything\? (true|.*certainly)/);
      await engine.tasks.close();
    });

    it.each([
      ['asks something else', true],
      ['asks nothing more', false],
    ])('takes back an open question where the new code %s', async (_, isStillAsked) => {
      kind = 'elicit';
      const { engine, taskId, keys } = await put('both');
      expect(keys).toHaveLength(2);
      isAsked = isStillAsked;
      const [old] = keys.filter((key) => key !== 'elicit#1');
      await engine.tasks.answer('alice', taskId, { 'elicit#1': answerTo('yes') });
      await engine.when(taskId, ({ open }) => JSON.stringify(open).includes('And then?'));
      const { open, answers } = await engine.idle(taskId);
      expect(JSON.stringify(open).includes('Delete everything?')).toBe(isStillAsked);
      expect(Object.keys(open)).not.toContain(old);
      expect(JSON.stringify(open)).not.toContain('old report');
      await engine.tasks.answer('alice', taskId, { [old!]: answerTo('late') });
      expect((await engine.record(taskId)).answers).toEqual(answers);
      for (const key of Object.keys(open)) await engine.tasks.answer('alice', taskId, { [key]: answerTo('yes') });
      expect(textOf(await engine.ended(taskId))).toBe(isStillAsked ? 'true true' : ' true');
      await engine.tasks.close();
    });
  });
});
