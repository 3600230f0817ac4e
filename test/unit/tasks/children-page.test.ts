// The code of docs/tasks.md about children, destructive steps and events, run through the public door.
import { IsInt, IsString } from 'class-validator';
import { createApp, type Plugin, Task, type TaskContext } from 'perdura';
import { checkedConnect as connect } from '../../checked-connect.js';

const bank = { transfer: (month: string, { key }: { key: string }) => `${month} ${key}` };
const lines: string[] = [];
const log = { info: (line: string) => lines.push(line) };

//#region children
class Month {
  @IsString() month!: string;
}

class Total {
  @IsInt() total!: number;
}

@Task({ name: 'close_month', description: 'Close a month.', input: Month, output: Total, queue: 'books' })
class CloseMonth {
  async call({ month }: Month, ctx: TaskContext) {
    await ctx.step('transfer', (key) => bank.transfer(month, { key }), { onCrash: 'ask' });
    return { total: month.length };
  }
}

@Task({ name: 'close_quarter', description: 'Close a quarter.' })
class CloseQuarter {
  async call(_: object, ctx: TaskContext) {
    const months = await ctx.all(['July', 'August', 'September'], (month, branch) =>
      branch.task(CloseMonth, { month }),
    );
    return `${months.reduce((sum, { total }) => sum + total, 0)} in all`;
  }
}
//#endregion

//#region events
const durations: Plugin = {
  name: 'durations',
  setup(host) {
    host.onTransition(({ kind, task, status, duration }) => {
      if (kind === 'finished') log.info(`${task} ${status} after ${duration} ms`);
    });
  },
};
//#endregion

it.each(['2025-11-25', '2026-07-28'] as const)('closes a quarter by its months on %s', async (revision) => {
  lines.length = 0;
  const app = await createApp({
    ...{ name: 'books', version: '1.0.0', use: [CloseQuarter, CloseMonth, durations] },
    tasks: { replayCheck: true },
  });
  const client = await connect(app, { revision });
  expect(await client.runTask('close_quarter', {})).toMatchObject({ content: [{ text: '19 in all' }] });
  expect(lines.map((line) => line.replace(/\d+ ms/, 'n ms')).sort()).toEqual([
    'close_month completed after n ms',
    'close_month completed after n ms',
    'close_month completed after n ms',
    'close_quarter completed after n ms',
  ]);
  await app.close();
});
