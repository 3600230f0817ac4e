import type { App } from 'perdura';
import { everythingApp } from '../../examples/everything/app.js';
import { checkedConnect as connect } from '../checked-connect.js';

describe.each(['2025-11-25', '2026-07-28'] as const)('the server of everything on %s', (revision) => {
  let app: App;

  beforeEach(async () => {
    app = await everythingApp({ report: () => undefined });
  });

  afterEach(() => app.close());

  it('lists a tool first that takes no arguments', async () => {
    const client = await connect(app, { revision });
    const [first] = await client.listTools();
    const result = await client.callTool(first?.name as string, {});
    expect(result.isError).not.toBe(true);
    expect(result.content).toMatchObject([{ type: 'text' }]);
  });

  it('becomes a task with the answer that its client gave before there was one', async () => {
    const client = await connect(app, { revision, elicit: () => ({ action: 'accept', content: { name: 'Ada' } }) });
    const result = await client.runTask('test_tool_with_task');
    expect(result.content).toEqual([{ type: 'text', text: 'Done for Ada.' }]);
  });

  it('takes a tool out of its list and puts it back', async () => {
    const client = await connect(app, { revision });
    const isListed = async (): Promise<boolean> =>
      (await client.listTools()).some(({ name }) => name === 'test_comes_and_goes');
    expect(await isListed()).toBe(true);
    await client.callTool('test_trigger_tool_change', {});
    expect(await isListed()).toBe(false);
    await client.callTool('test_trigger_tool_change', {});
    expect(await isListed()).toBe(true);
  });
});

it('tells clients of 2025-11-25 which of its tools can be tasks, and which must be', async () => {
  const app = await everythingApp();
  const client = await connect(app, { revision: '2025-11-25' });
  const tools = await client.listTools();
  const support = (name: string): unknown => tools.find((tool) => tool.name === name)?.execution?.taskSupport;
  expect(['slow_compute', 'confirm_delete', 'multi_input', 'protocol_error_job'].map(support)).toEqual(
    Array.from({ length: 4 }, () => 'optional'),
  );
  expect(['failing_job', 'test_tool_with_task'].map(support)).toEqual(['required', 'required']);
  expect(support('greet') ?? 'forbidden').toBe('forbidden');
  await app.close();
});
