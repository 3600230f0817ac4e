import { IsInt } from 'class-validator';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import { ToolError } from '../../../framework/errors.js';
import type { CallContext, TaskContext } from '../../../framework/runtime/context.js';
import { buildCatalog } from '../../../framework/catalog/build-catalog.js';
import { boot, siteOf } from './runtime-fixture.js';

class Count {
  @IsInt() count!: number;
}

@Task({ name: 'double', description: 'Doubles.', input: Count, output: Count })
class Double {
  async call({ count }: Count, ctx: TaskContext) {
    if (count < 0) throw new ToolError('Only what can be counted.');
    return ctx.step('double', () => ({ count: count * 2 }));
  }
}

@Tool({ name: 'start', description: 'Runs a task within a request.', input: Count })
class Start {
  async call({ count }: Count, ctx: CallContext) {
    const task = (ctx as TaskContext).task.bind(ctx);
    const { count: doubled } = await task(Double, { count });
    return String(doubled);
  }
}

describe('a child task of a call that has no workers', () => {
  const classes = [Double, Start];
  const { call } = boot(classes, { catalog: buildCatalog(classes) });

  it('runs within the call', async () => {
    expect(await call('start', { count: 4 }, siteOf())).toMatchObject({ result: { content: [{ text: '8' }] } });
  });

  it('throws where it fails', async () => {
    const failed = await call('start', { count: -1 }, siteOf());
    expect(failed).toMatchObject({ result: { isError: true, content: [{ text: 'Only what can be counted.' }] } });
  });
});
