import { isSpecMethod } from '../framework/protocol/extensions/spec-methods.js';
import { type Revision, validate } from './schema-check.js';

interface Message {
  readonly jsonrpc?: unknown;
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly _meta?: unknown };
  readonly result?: unknown;
}

/** Requests by their ids: an answer may come on another connection than its request. */
const asked = new Map<unknown, Message>();
const wrong: unknown[] = [];

/**
 * Takes note of what a test sends over HTTP, and returns what holds each message that comes back against the official schemas.
 * What is sent may be as wrong as it likes, but not where it is served: then it is held against them too.
 */
export function checkedHttp(headers: Readonly<Record<string, unknown>>, body: string): (message: unknown) => void {
  const sent = parsed(body);
  const isStateless =
    headers['mcp-protocol-version'] === '2026-07-28' ||
    JSON.stringify(sent?.params?._meta)?.includes('/protocolVersion"');
  const revision: Revision = isStateless ? '2026-07-28' : '2025-11-25';
  if (sent?.id !== undefined && sent.method !== undefined) asked.set(sent.id, sent);
  return (message) => {
    const { jsonrpc, id, method, result } = message as Message;
    // Not everything that the server serves is a message of MCP.
    if (jsonrpc === undefined) return;
    const request = method === undefined ? asked.get(id) : undefined;
    // Methods of extensions, and of what tests put in the place of a protocol, are in no official schema.
    if (request?.method !== undefined && !isSpecMethod(request.method)) return;
    const issues = [
      ...validate(revision, 'received', message, request?.method),
      ...(result === undefined || !request ? [] : validate(revision, 'sent', request)),
    ];
    if (issues.length > 0) wrong.push({ request, message, issues });
  };
}

function parsed(text: string): Message | undefined {
  try {
    return JSON.parse(text) as Message;
  } catch {
    return undefined;
  }
}

// Whole runs of faults, which are no tests of jest, use the same clients.
if (typeof afterEach === 'function') afterEach(() => expect(wrong.splice(0)).toEqual([]));
