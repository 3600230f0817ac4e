import { IsOptional, IsString } from 'class-validator';
import { type App, createApp, Tool } from 'perdura';
import { serveHttp, type HttpOptions, type HttpServer } from 'perdura/http';
import type { Revision } from '../../framework/spec.js';
import { openSession, send, type Received } from '../server/send.js';

class Words {
  @IsString() @IsOptional() text?: string;
}

/** What the tool was called with; hostile input must never get here. */
export const calls: Words[] = [];

@Tool({ name: 'echo', description: 'Says what it is told.', input: Words })
class Echo {
  call(words: Words): string {
    calls.push(words);
    return words.text ?? '';
  }
}

/** A real server with one tool, and the ways to reach it on one revision. */
export interface EchoServer {
  readonly server: HttpServer;
  readonly port: number;
  /** Headers of every request on the revision; `Mcp-Method` and `Mcp-Name` as of a call of the tool. */
  readonly headers: Readonly<Record<string, string>>;
  /** A call that is valid on the revision. */
  readonly call: Readonly<Record<string, unknown>> & { readonly params: Readonly<Record<string, unknown>> };
  /** Sends the valid call, which must be answered within a second whatever came before. */
  alive(): Promise<void>;
}

export const echoApp = (): Promise<App> =>
  createApp({ name: 'echo', version: '1.0.0', use: [Echo], report: () => undefined });

/** A call of the tool that is valid on the revision. */
export function validCall(revision: Revision): EchoServer['call'] {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name: 'echo', arguments: { text: 'hello' }, ...(revision === '2026-07-28' && { _meta }) };
  return { jsonrpc: '2.0', id: 'valid', method: 'tools/call', params };
}

export async function echoServer(revision: Revision, options: HttpOptions = {}): Promise<EchoServer> {
  const server = await serveHttp(await echoApp(), { port: 0, ...options });
  const { port } = server;
  const stateless = { 'mcp-protocol-version': revision, 'mcp-method': 'tools/call', 'mcp-name': 'echo' };
  const headers = revision === '2026-07-28' ? stateless : await openSession(port);
  const call = validCall(revision);
  const alive = async (): Promise<void> => {
    const { status, body } = await send(port, { headers, body: call });
    expect([status, JSON.parse(body)]).toMatchObject([200, { id: 'valid', result: { content: [{ text: 'hello' }] } }]);
    calls.pop();
  };
  return { server, port, headers, call, alive };
}

/** Stacks, paths, packages, and the words of engines and parsers. */
export const INTERNAL =
  /\bat .+:\d+|node_modules|\/(work|home|usr|srv|tmp)\/|\.[cm]?[jt]s\b|\b(TypeError|RangeError|SyntaxError|ReferenceError)\b|Unexpected token|class-validator|tsyringe|\bajv\b|<html|<!doctype/i;

/** What every refusal has in common: JSON or nothing, never HTML, and nothing of the inside. */
export function leaksNothing({ body, headers }: Pick<Received, 'body' | 'headers'>): void {
  expect(body).not.toMatch(INTERNAL);
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('server');
  if (body !== '') expect(headers['content-type']).toBe('application/json');
}
