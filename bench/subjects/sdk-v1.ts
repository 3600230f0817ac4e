import { InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';
import { DESCRIPTION, NAMES } from './tools.js';

const inputSchema = { a: z.number(), b: z.number() };
const taskStore = new InMemoryTaskStore();

/** The plain SDK v1, set up as its guides do, with its own store of tasks. */
export function createServer(): McpServer {
  const server = new McpServer({ name: 'bench', version: '1.0.0' }, { capabilities: { tasks: {} }, taskStore });
  for (const name of NAMES) {
    server.registerTool(name, { description: DESCRIPTION, inputSchema }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }));
  }
  return server;
}

/** A task that is at work. */
export async function startTask(): Promise<string> {
  const request = { method: 'tools/call' as const, params: { name: 'wait' } };
  return (await taskStore.createTask({ ttl: 3_600_000 }, 1, request)).taskId;
}
