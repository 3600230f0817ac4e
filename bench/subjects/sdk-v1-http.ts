import { randomUUID } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { listening } from '../child.js';
import { createServer, startTask } from './sdk-v1.js';

const sessions = new Map<string, StreamableHTTPServerTransport>();

async function open(): Promise<StreamableHTTPServerTransport> {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  await createServer().connect(transport as Parameters<ReturnType<typeof createServer>['connect']>[0]);
  return transport;
}

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const transport = sessions.get(String(req.headers['mcp-session-id'])) ?? (await open());
  await transport.handleRequest(req, res);
}

const taskId = await startTask();
const server = createHttpServer((req, res) => void handle(req, res));
server.listen(0, '127.0.0.1', () => {
  listening(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, taskId);
});
