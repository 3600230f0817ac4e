import { Client, type FetchLike, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { CLIENT, type Drive, type Outcome, PATIENCE, readOutcome, readResult } from './drive.js';
import type { ModelRequest } from './model.js';
import { TASKS, TasksTransport } from './tasks-transport.js';

/** Drives the server with the official v2 client; the tasks extension, which it does not know, is added to its transport. */
export async function drive2026({ question, server, model, onStatus }: Drive): Promise<Outcome> {
  const client = new Client(CLIENT, {
    capabilities: { sampling: { tools: {} }, extensions: { [TASKS]: {} } },
    versionNegotiation: { mode: { pin: '2026-07-28' } },
  });
  let taskId = '';
  const transport = new TasksTransport(transportTo(server, onStatus), {
    onStatus,
    onTask: (id) => void (taskId = id),
    answer: ({ method, params }) => {
      if (method !== 'sampling/createMessage') throw new Error(`This client does not answer ${method}.`);
      return model(params as ModelRequest);
    },
  });
  await client.connect(transport, { timeout: 60_000 });
  try {
    // The client checks the result against the tool's output schema once it has seen the list.
    await client.listTools();
    const result = await client.callTool({ name: 'research', arguments: { question } }, { timeout: PATIENCE });
    return await readOutcome((uri) => client.readResource({ uri }), readResult(result), taskId);
  } finally {
    await client.close();
  }
}

function transportTo(server: Drive['server'], onStatus: (line: string) => void) {
  if (server instanceof URL) return new StreamableHTTPClientTransport(server, { fetch: fetchNamingTasks });
  const transport = new StdioClientTransport({ ...server, stderr: 'pipe' });
  transport.stderr?.on('data', (chunk: Buffer) => onStatus(chunk.toString().trim()));
  return transport;
}

/** SEP-2243 for the extension's methods: `Mcp-Name` is the task's id. The client's transport sets it for tools and resources only. */
const fetchNamingTasks: FetchLike = (url, init) => {
  const message = typeof init?.body === 'string' ? (JSON.parse(init.body) as TaskMessage) : {};
  if (message.method?.startsWith('tasks/') !== true || message.params?.taskId === undefined) return fetch(url, init);
  const headers = new Headers(init?.headers);
  headers.set('mcp-name', message.params.taskId);
  return fetch(url, { ...init, headers });
};

interface TaskMessage {
  readonly method?: string;
  readonly params?: { readonly taskId?: string };
}
