import { IsString } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import type { TaskContext } from '../../../framework/runtime/context.js';
import type { Json } from '../../../framework/spec.js';
import { MemoryTaskStore } from '../../../framework/tasks/memory/task-store.js';
import type { TaskStore } from '../../../framework/tasks/task-store.js';
import { Engine, textOf } from './engine.js';

class Text {
  @IsString() text!: string;
}

class Work {
  @Task({ name: 'elicits', description: 'Asks the user.' })
  async elicits(_: object, ctx: TaskContext) {
    return (await ctx.elicit('What?', Text)).text.slice(0, 5);
  }

  @Task({ name: 'samples', description: 'Asks the model.' })
  async samples(_: object, ctx: TaskContext) {
    const { content } = await ctx.sample({ messages: [{ role: 'user', content: { type: 'text', text: 'What?' } }] });
    const [block] = Array.isArray(content) ? content : [content];
    return block?.type === 'text' ? block.text.slice(0, 5) : 'no text';
  }
}

const ANSWERS: Readonly<Record<string, (text: string) => Json>> = {
  elicits: (text) => ({ action: 'accept', content: { text } }),
  samples: (text) => ({ role: 'assistant', model: 'm', content: { type: 'text', text } }),
};

describe('an answer to a task whose journal takes small entries', () => {
  it.each(Object.keys(ANSWERS))(
    'is refused where the journal would not take it, and the question stays open (%s)',
    async (tool) => {
      const engine = new Engine([Work], { journal: { entry: 10_000 } });
      const taskId = await engine.start(tool);
      const { open } = await engine.idle(taskId);
      const key = Object.keys(open)[0]!;
      const give = async (text: string) => engine.tasks.answer('alice', taskId, { [key]: ANSWERS[tool]!(text) });
      const refused: unknown = await give('x'.repeat(10_000)).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'TASK_ANSWER_INVALID' });
      expect((await engine.record(taskId)).open).toHaveProperty([key]);
      const limit = Number(/is larger than (\d+) bytes/.exec((refused as Error).message)?.[1]);
      const frame = JSON.stringify(ANSWERS[tool]!('')).length;
      await expect(give('x'.repeat(limit - frame + 1))).rejects.toMatchObject({ code: 'TASK_ANSWER_INVALID' });
      // The largest that is accepted is one that the journal takes.
      await give('x'.repeat(limit - frame));
      expect(textOf(await engine.ended(taskId))).toBe('xxxxx');
      await engine.tasks.close();
    },
  );
});

describe('an answer to a question that is put while it is on its way', () => {
  class SlowStore extends MemoryTaskStore {
    arrived: Promise<void> = Promise.resolve();

    override async answer(...answer: Parameters<TaskStore['answer']>): ReturnType<TaskStore['answer']> {
      await this.arrived;
      return super.answer(...answer);
    }
  }

  it('is not taken, for nobody has checked it', async () => {
    const store = new SlowStore();
    const engine = new Engine([Work], { store });
    const taskId = await engine.start('elicits', {}, { work: false });
    let arrive = (): void => undefined;
    store.arrived = new Promise((resolve) => (arrive = resolve));
    const wrong = engine.tasks.answer('alice', taskId, { 'elicit#1': { action: 'accept', content: { text: 5 } } });
    engine.tasks.work();
    await engine.idle(taskId);
    arrive();
    await wrong;
    expect(Object.keys((await engine.record(taskId)).open)).toEqual(['elicit#1']);
    await engine.tasks.close();
  });
});
