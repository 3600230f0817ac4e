import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { checkedHttp } from '../checked-http.js';

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** An object is sent as JSON, with the headers of a well-behaved client. */
  readonly body?: object | string | Buffer;
  /** Sends the body in chunks without announcing its length. */
  readonly chunked?: boolean;
}

export const WELL_BEHAVED = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

/** One HTTP request as it is, with headers that `fetch` would not let through, and its whole answer. */
export function send(
  port: number,
  { method = 'POST', path = '/mcp', headers, body, chunked }: Sent,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.isBuffer(body)
      ? body
      : Buffer.from(typeof body === 'object' ? JSON.stringify(body) : (body ?? ''));
    const check = checkedHttp(headers ?? {}, bytes.toString());
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: {
          ...(method === 'POST' && WELL_BEHAVED),
          ...(method === 'POST' && !chunked && { 'content-length': bytes.length }),
          ...headers,
        },
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          for (const message of messagesIn(incoming.headers['content-type'], text)) check(message);
          resolve({ status: incoming.statusCode as number, headers: incoming.headers, body: text });
        });
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    if (!chunked) return outgoing.end(bytes);
    for (let at = 0; at < bytes.length; at += 60_000) outgoing.write(bytes.subarray(at, at + 60_000));
    outgoing.end();
  });
}

/** Bytes sent over a socket of their own, and all that came back until the server closed it or `until` matched. */
export function sendRaw(port: number, bytes: string | Buffer, until?: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (until?.test(text)) socket.destroy();
    });
    socket.on('close', () => resolve(text));
    socket.on('error', (error) => (text === '' ? reject(error) : undefined));
    socket.write(bytes);
  });
}

/** What an answer says, a document or an event stream; a page says nothing. */
function messagesIn(contentType: string | undefined, body: string): readonly unknown[] {
  if (contentType === 'text/event-stream') return events(body);
  return contentType === 'application/json' && body !== '' ? [JSON.parse(body)] : [];
}

/** The messages of an event stream. */
export function events(body: string): Record<string, unknown>[] {
  return body
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);
}

export const STATELESS = { 'mcp-protocol-version': '2026-07-28' };

let lastId = 0;

/** A request of 2026-07-28. */
export function statelessRequest(method: string, params: Record<string, unknown> = {}): object {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return { jsonrpc: '2.0', id: ++lastId, method, params: { ...params, _meta } };
}

/** A request of 2025-11-25. */
export function sessionRequest(method: string, params?: Record<string, unknown>): object {
  return { jsonrpc: '2.0', id: ++lastId, method, ...(params && { params }) };
}

export const INITIALIZE = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'test', version: '1.0.0' },
};

/** Opens a 2025-11-25 session and answers the headers of its later requests. */
export async function openSession(port: number, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const { status, headers: answered } = await send(port, { headers, body: sessionRequest('initialize', INITIALIZE) });
  if (status !== 200) throw new Error(`initialize was answered with ${status}.`);
  return { ...headers, 'mcp-session-id': answered['mcp-session-id'] as string, 'mcp-protocol-version': '2025-11-25' };
}
