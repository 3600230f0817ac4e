import { createInterface } from 'node:readline';
import { tellUsage } from './usage.js';

tellUsage();
const tools = Array.from({ length: 10 }, (_, index) => ({
  name: `tool_${index}`,
  description: 'Adds two numbers.',
  inputSchema: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
}));
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line) as { id?: number; method: string };
  if (id === undefined) return;
  const serverInfo = { name: 'bench', version: '1.0.0' };
  const result =
    method === 'initialize' ? { protocolVersion: '2025-11-25', capabilities: { tools: {} }, serverInfo } : { tools };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result })}\n`);
});
