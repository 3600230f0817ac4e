import { IsBoolean } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { CallContext, TaskContext } from '../../../framework/runtime/context.js';
import { until } from '../../fixtures/until.js';
import { Engine, textOf } from '../tasks/engine.js';
import { boot, siteOf } from './runtime-fixture.js';

const done: string[] = [];
beforeEach(() => void (done.length = 0));

class Approval {
  @IsBoolean() yes!: boolean;
}

class Files {
  @Tool({ name: 'read', description: 'Opens two files.' })
  read(_: object, ctx: CallContext): string {
    ctx.defer(() => done.push('first closed'));
    ctx.defer(async () => {
      await Promise.resolve();
      done.push('second closed');
    });
    return 'read';
  }

  @Tool({ name: 'fail', description: 'Fails, and so does what it deferred.' })
  fail(_: object, ctx: CallContext): never {
    ctx.defer(() => done.push('closed'));
    ctx.defer(() => {
      throw new Error('It cannot be closed.');
    });
    throw new Error('It cannot be read.');
  }

  @Tool({ name: 'wait', description: 'Waits with a file open.' })
  async wait(_: object, ctx: CallContext): Promise<void> {
    ctx.defer(() => done.push('closed'));
    try {
      await ctx.sleep('1h');
    } finally {
      done.push('never');
    }
  }

  @Task({ name: 'ask', description: 'Opens a file in each run.', hold: 0 })
  async ask(_: object, ctx: TaskContext): Promise<string> {
    done.push('opened');
    ctx.defer(() => done.push('closed'));
    await ctx.elicit('Go on?', Approval);
    await ctx.step('read', () => void done.push('read'));
    return 'read';
  }
}

describe('what a handler defers', () => {
  it('is done when it has returned, the last first and one after the other', async () => {
    const { call } = boot([Files]);
    expect(await call('read', {}, siteOf())).toMatchObject({ kind: 'result' });
    await until(() => done.length === 2);
    expect(done).toEqual(['second closed', 'first closed']);
  });

  it('is done when it has thrown; a mistake in it is reported, and keeps nothing else from being done', async () => {
    const { call, reports } = boot([Files]);
    await call('fail', {}, siteOf());
    await until(() => done.length === 1);
    const told = reports.find(({ reference }) => reference === 'defer');
    expect(String(told?.error)).toBe('Error: It cannot be closed.');
  });

  it('is done where it parks, and nothing behind its `await` is', async () => {
    const { call } = boot([Files]);
    const never = (): Promise<never> => new Promise(() => undefined);
    const inbox = { hold: 0, ask: never, sleep: never };
    expect(await call('wait', {}, siteOf({ inbox }))).toEqual({ kind: 'parked' });
    expect(done).toEqual(['closed']);
  });

  it('is done in each run of a task that parks in between', async () => {
    const engine = new Engine([Files]);
    const taskId = await engine.start('ask');
    await engine.idle(taskId);
    expect(done).toEqual(['opened', 'closed']);
    await engine.accept(taskId, { yes: true });
    expect(textOf(await engine.ended(taskId))).toBe('read');
    await until(() => done.length === 5);
    expect(done).toEqual(['opened', 'closed', 'opened', 'read', 'closed']);
    await engine.tasks.close();
  });
});
