/** Both revisions that are measured, older first. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** What a client asks over and over, and a piece of text without which the answer is wrong. */
export interface Ask {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly proof: string;
  /** Whether the client wants to hear what the call logs. */
  readonly logs?: true;
}

export const ADD: Ask = { method: 'tools/call', params: { name: 'add', arguments: { a: 2, b: 40 } }, proof: '"42"' };
export const poll = (taskId: string): Ask => ({ method: 'tasks/get', params: { taskId }, proof: '"working"' });
/** Every tool of a list but the first is numbered, so the last one proves that it is whole. */
export const list = (tools: number): Ask => ({ method: 'tools/list', params: {}, proof: `"add_${tools - 1}"` });

const clientInfo = { name: 'bench', version: '1.0.0' };
const IN_EVERY_REQUEST = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': { extensions: { 'io.modelcontextprotocol/tasks': {} } },
};
/** Asks for what a call logs, which only the benchmark of streams does. */
const LOGS = { 'io.modelcontextprotocol/logLevel': 'info' };

/** The request as the revision writes it. */
export function requestOf(revision: Revision, { method, params, logs }: Ask, id = 1): object {
  const _meta = logs ? { ...IN_EVERY_REQUEST, ...LOGS } : IN_EVERY_REQUEST;
  return { jsonrpc: '2.0', id, method, params: revision === '2026-07-28' ? { ...params, _meta } : params };
}

/** The HTTP headers that go with it. */
export function headersOf(revision: Revision, { method, params }: Ask): Record<string, string> {
  const common = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': revision,
  };
  if (revision === '2025-11-25') return common;
  const name = params['name'] ?? params['taskId'];
  return { ...common, 'mcp-method': method, ...(typeof name === 'string' && { 'mcp-name': name }) };
}

/** How a client of 2025-11-25 begins. */
export const HELLO = {
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo },
} as const;
export const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' } as const;
