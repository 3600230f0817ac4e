import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema, type CreateMessageResultWithTools } from '@modelcontextprotocol/sdk/types.js';
import { CreateMessageRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { CLIENT, type Drive, type Outcome, PATIENCE, readOutcome, readResult } from './drive.js';
import type { ModelRequest } from './model.js';

/** Drives the server with the official v1 client: a task of 2025-11-25, with sampling requests on its result's stream. */
export async function drive2025({ question, server, model, onStatus }: Drive): Promise<Outcome> {
  const client = new Client(CLIENT, { capabilities: { sampling: { tools: {} } } });
  // The two majors of the SDK describe the same messages in types of their own.
  client.setRequestHandler(
    CreateMessageRequestSchema,
    async ({ params }) => (await model(params as ModelRequest)) as CreateMessageResultWithTools,
  );
  await client.connect(transportTo(server, onStatus));
  try {
    const stream = client.experimental.tasks.callToolStream(
      { name: 'research', arguments: { question } },
      CallToolResultSchema,
      {
        task: { ttl: PATIENCE },
        timeout: PATIENCE,
        onprogress: ({ message }) => onStatus(message ?? ''),
      },
    );
    let taskId = '';
    for await (const message of stream) {
      if (message.type === 'taskCreated') taskId = message.task.taskId;
      if (message.type === 'taskStatus') onStatus(message.task.statusMessage ?? message.task.status);
      if (message.type === 'error') throw message.error;
      if (message.type === 'result') {
        return await readOutcome((uri) => client.readResource({ uri }), readResult(message.result), taskId);
      }
    }
    throw new Error('The server ended the task without a result.');
  } finally {
    await client.close();
  }
}

function transportTo(server: Drive['server'], onStatus: (line: string) => void) {
  if (server instanceof URL) return new StreamableHTTPClientTransport(server);
  const transport = new StdioClientTransport({ ...server, stderr: 'pipe' });
  transport.stderr?.on('data', (chunk: Buffer) => onStatus(chunk.toString().trim()));
  return transport;
}
