import { IsString } from 'class-validator';
import { type App, type AppOptions, createApp, Task, type TaskContext, Tool, ToolError } from 'perdura';
import { dashboard, type DashboardOptions } from 'perdura/plugins/dashboard';

export class Word {
  @IsString() word!: string;
}

class Sure {
  @IsString() name!: string;
}

/** Tasks that come to stand in every state. */
export class Desk {
  @Task({ name: 'greet', description: 'Greet.', input: Word })
  async greet({ word }: Word, ctx: TaskContext) {
    return ctx.step('say <b>it</b>', () => `hello ${word}`);
  }

  @Task({ name: 'wait', description: 'Wait for a <i>long</i> time.', input: Word })
  async wait({ word }: Word, ctx: TaskContext) {
    ctx.progress(1, 4, `waiting <script>alert("${word}")</script>`);
    await ctx.sleep('2h');
    return word;
  }

  @Task({ name: 'ask', description: 'Ask.', input: Word })
  async ask({ word }: Word, ctx: TaskContext) {
    return ctx.elicit(`Who is ${word}?`, Sure);
  }

  @Task({ name: 'fail', description: 'Fail.', input: Word })
  async fail({ word }: Word): Promise<string> {
    throw new ToolError(`no ${word}`);
  }

  @Tool({ name: 'peek', description: 'Look.' })
  peek() {
    return 'nothing';
  }
}

export const dashboardApp = (
  options: DashboardOptions = { allow: () => true },
  { tasks, ...more }: Partial<AppOptions> = {},
): Promise<App> => {
  const use = [Desk, dashboard(options)];
  return createApp({
    name: 'desk',
    version: '1.0.0',
    use,
    tasks: { hold: 0, ...tasks },
    report: () => undefined,
    ...more,
  });
};
