import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { type HttpServer, serveHttp } from 'perdura/http';
import { checked } from './checked-transport.js';
import { clerkModel } from '../fixtures/clerk-model.js';
import { deskApp } from '../fixtures/desk-app.js';

const NODE_ARGS = ['--import', '@swc-node/register/esm-register', 'test/fixtures/desk-stdio.ts'];

interface Followed {
  readonly statuses: string[];
  readonly taskId: string;
  readonly result?: { readonly content: unknown; readonly isError?: boolean };
  readonly error?: unknown;
}

describe.each(['http', 'stdio'] as const)("the SDK's v1 Client over %s", (kind) => {
  let server: HttpServer | undefined;
  let client: Client;

  const follow = async (name: string, args: Record<string, unknown>): Promise<Followed> => {
    const statuses: string[] = [];
    let taskId = '';
    let end: Pick<Followed, 'result' | 'error'> = {};
    const stream = client.experimental.tasks.callToolStream({ name, arguments: args }, CallToolResultSchema, {
      task: { ttl: 60_000 },
    });
    for await (const message of stream) {
      if (message.type === 'taskCreated') taskId = message.task.taskId;
      if (message.type === 'taskStatus') statuses.push(message.task.status);
      if (message.type === 'result') end = { result: message.result };
      if (message.type === 'error') end = { error: message.error };
    }
    return { statuses, taskId, ...end };
  };

  beforeAll(async () => {
    client = new Client(
      { name: 'sdk-v1', version: '1.0.0' },
      { capabilities: { elicitation: { form: {} }, sampling: { tools: {} } } },
    );
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: 'accept', content: { name: 'Ada' } }));
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => clerkModel(params) as never);
    if (kind === 'http') {
      // Tasks are listed for callers who can be told apart.
      server = await serveHttp(await deskApp(), { port: 0, authenticate: () => ({ owner: 'ada', scopes: [] }) });
      await client.connect(checked(new StreamableHTTPClientTransport(new URL(server.url)), '2025-11-25'));
    } else {
      await client.connect(
        checked(new StdioClientTransport({ command: process.execPath, args: NODE_ARGS }), '2025-11-25'),
      );
    }
  });

  afterAll(async () => {
    await client.close();
    await server?.close();
  });

  it('sees which tools are tasks', async () => {
    const { tools } = await client.listTools();
    const support = Object.fromEntries(tools.map(({ name, execution }) => [name, execution?.taskSupport]));
    expect(support).toMatchObject({ count_slowly: 'optional', delegate_later: 'required' });
    expect(support['add'] ?? 'forbidden').toBe('forbidden');
  });

  it('follows a task to its result', async () => {
    const { taskId, result } = await follow('count_slowly', { steps: 3 });
    expect(taskId).not.toBe('');
    expect(result?.content).toEqual([{ type: 'text', text: 'counted to 3' }]);
    const { tasks } = await client.experimental.tasks.listTasks();
    expect(tasks.map((task) => task.taskId)).toContain(taskId);
  });

  it('answers what a task asks while it runs', async () => {
    const { result } = await follow('greet_later', {});
    expect(result?.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
  });

  it('lends its model to an agent in a task', async () => {
    const { result } = await follow('delegate_later', { question: 'What is 2 and 40?' });
    expect(result?.content).toEqual([{ type: 'text', text: 'The sum is 42.' }]);
  });

  it('cancels a task', async () => {
    const stream = client.experimental.tasks.callToolStream({ name: 'wait', arguments: {} }, CallToolResultSchema, {
      task: { ttl: 60_000 },
    });
    let taskId = '';
    for await (const message of stream) {
      if (message.type === 'taskCreated') {
        taskId = message.task.taskId;
        await client.experimental.tasks.cancelTask(taskId);
      }
    }
    expect((await client.experimental.tasks.getTask(taskId)).status).toBe('cancelled');
    await expect(client.experimental.tasks.cancelTask(taskId)).rejects.toMatchObject({ code: -32602 });
  });

  it('calls a task that need not be one and waits for its result', async () => {
    const result = await client.callTool({ name: 'count_slowly', arguments: { steps: 1 } });
    expect(result.content).toEqual([{ type: 'text', text: 'counted to 1' }]);
  });

  it('is told that an unknown resource does not exist', async () => {
    await expect(client.readResource({ uri: 'desk://nothing' })).rejects.toMatchObject({ code: -32002 });
  });

  it('answers forms and sampling on the open stream of a call', async () => {
    expect((await client.callTool({ name: 'greet', arguments: {} })).content).toEqual([
      { type: 'text', text: 'Hello, Ada!' },
    ]);
    const delegated = await client.callTool({ name: 'delegate', arguments: { question: 'What is 2 and 40?' } });
    expect(delegated.content).toEqual([{ type: 'text', text: 'The sum is 42.' }]);
  });
});
