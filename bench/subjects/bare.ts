import { DESCRIPTION, NAMES } from './tools.js';

interface Request {
  readonly id?: number;
  readonly method: string;
  readonly params: { readonly arguments?: { readonly a: number; readonly b: number }; readonly taskId?: string };
}

const inputSchema = {
  type: 'object',
  properties: { a: { type: 'number' }, b: { type: 'number' } },
  required: ['a', 'b'],
};
const LISTED = JSON.stringify({
  tools: NAMES.map((name) => ({ name, description: DESCRIPTION, inputSchema })),
  ...{ resultType: 'complete', ttlMs: 0, cacheScope: 'private' },
});
const HELLO = JSON.stringify({
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'bench', version: '1.0.0' },
});
const task = { status: 'working', ttl: 3_600_000, createdAt: new Date().toISOString() };

/** The limit: parse, add, stringify, and not one check. What never changes is written once. */
export function answer(message: string): string | undefined {
  const { id, method, params } = JSON.parse(message) as Request;
  return id === undefined ? undefined : `{"jsonrpc":"2.0","id":${id},"result":${resultOf(method, params)}}`;
}

function resultOf(method: string, { arguments: addends, taskId }: Request['params']): string {
  if (method === 'initialize') return HELLO;
  if (method === 'tools/list') return LISTED;
  if (method === 'tasks/get') return JSON.stringify({ taskId, ...task, resultType: 'complete' });
  const { a, b } = addends ?? { a: 0, b: 0 };
  return JSON.stringify({ content: [{ type: 'text', text: String(a + b) }], resultType: 'complete' });
}
