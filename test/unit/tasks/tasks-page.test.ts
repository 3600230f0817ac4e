// The code of docs/tasks.md, run through the public door.
import { IsBoolean, IsString } from 'class-validator';
import { createApp, ElicitationDeclined, Task, type TaskContext, ToolError } from 'perdura';
import { checkedConnect as connect } from '../../checked-connect.js';

const sent: string[] = [];
const rows = { fetch: async (part: string) => [`${part} 1`, `${part} 2`] };
const bank = {
  async pay(period: string, { key }: { key: string }) {
    if (!sent.includes(key)) sent.push(key);
    return `${period} paid`;
  },
};

//#region task
class Period {
  @IsString() period!: string;
}

class Approval {
  @IsBoolean() approved!: boolean;
}

@Task({ name: 'close_period', description: 'Close a period of the books.', input: Period, ttl: '7d', attempts: 3 })
class ClosePeriod {
  async call({ period }: Period, ctx: TaskContext) {
    const parts = await ctx.all(['sales', 'costs'], (part, branch) => branch.step('fetch', () => rows.fetch(part)));
    ctx.progress(1, 2, `${parts.flat().length} rows read`);
    const { approved } = await ctx.elicit(`Close ${period}?`, Approval, { timeout: '48h' });
    if (!approved) throw new ToolError(`${period} stays open.`);
    return ctx.step('pay', (key) => bank.pay(period, { key }));
  }
}
//#endregion

describe.each(['2025-11-25', '2026-07-28'] as const)('the task of the tasks page on %s', (revision) => {
  const run = async (answer: { action: 'accept' | 'decline'; content?: Record<string, boolean> }) => {
    const app = await createApp({ name: 'books', version: '1.0.0', use: [ClosePeriod] });
    const client = await connect(app, { revision, elicit: () => answer });
    const result = await client.runTask('close_period', { period: '2026-Q3' });
    await app.close();
    return result;
  };

  it('closes the period once it is approved', async () => {
    expect(await run({ action: 'accept', content: { approved: true } })).toMatchObject({
      content: [{ text: '2026-Q3 paid' }],
    });
  });

  it('tells the model why it did not', async () => {
    const refused = await run({ action: 'accept', content: { approved: false } });
    expect(refused).toMatchObject({ isError: true, content: [{ text: '2026-Q3 stays open.' }] });
    const declined = await run({ action: 'decline' });
    expect(declined).toMatchObject({ isError: true, content: [{ text: new ElicitationDeclined('decline').message }] });
  });
});
