import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { tellUsage } from './usage.js';

tellUsage();
const inputSchema = z.object({ a: z.number(), b: z.number() });

/** The plain SDK v2, set up as its guides do. */
serveStdio(() => {
  const server = new McpServer({ name: 'bench', version: '1.0.0' });
  for (let index = 0; index < 10; index++) {
    server.registerTool(`tool_${index}`, { description: 'Adds two numbers.', inputSchema }, ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }));
  }
  return server;
});
