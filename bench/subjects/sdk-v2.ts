import { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { DESCRIPTION, NAMES } from './tools.js';

const inputSchema = z.object({ a: z.number(), b: z.number() });
const parameters = { params: z.looseObject({ taskId: z.string() }) };
const createdAt = new Date().toISOString();

/** The plain SDK v2, set up as its guides do. It runs no tasks, so `tasks/get` is answered with a record at hand. */
export function createServer(): McpServer {
  const server = new McpServer({ name: 'bench', version: '1.0.0' });
  for (const name of NAMES) {
    server.registerTool(name, { description: DESCRIPTION, inputSchema }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }));
  }
  server.server.setRequestHandler('tasks/get', parameters, ({ taskId }) => ({
    ...{ taskId, status: 'working', ttl: 3_600_000, createdAt, lastUpdatedAt: createdAt },
  }));
  return server;
}
