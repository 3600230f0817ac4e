import { withMembers } from '../../protocol/messages/answer.js';
import { CODE } from '../../protocol/messages/json-rpc.js';
import type { RequestId } from '../../spec.js';

/** A whole answer that says no, built once: a JSON-RPC error without an id, as the transports allow, and never HTML. */
export interface Refusal {
  readonly status: number;
  /** Names and values in turns, as `writeHead` takes them fastest. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** On every answer: JSON is not to be guessed as anything else, nor to be kept by a cache on the way. */
export const COMMON_HEADERS = ['cache-control', 'no-store', 'x-content-type-options', 'nosniff'] as const;

function refusal(status: number, code: number, message: string, extra: Extra = {}): Refusal {
  const { data, headers = [] } = extra;
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code, message, ...(data !== undefined && { data }) } });
  return {
    status,
    headers: [
      ...['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))],
      ...COMMON_HEADERS,
      ...headers,
    ],
    body,
  };
}

/** The same to a request whose id could be read (`basic`, error responses). */
export function withId({ status, headers, body }: Refusal, id: RequestId): Refusal {
  const whole = withMembers(`"id":${JSON.stringify(id)}`, body);
  const length = headers.indexOf('content-length') + 1;
  return { status, headers: headers.with(length, String(Buffer.byteLength(whole))), body: whole };
}

interface Extra {
  readonly data?: unknown;
  readonly headers?: readonly string[];
}

const invalid = (status: number, message: string, ...headers: string[]): Refusal =>
  refusal(status, CODE.invalidRequest, message, { headers });

/** A refusal for want of a token that can be taken; 400 for what looks like none, 503 where tokens cannot be looked into now. */
export function unauthorized(status: 400 | 401 | 503, challenge?: string, retryAfter?: number): Refusal {
  const headers = [
    ...(challenge === undefined ? [] : ['www-authenticate', challenge]),
    ...(retryAfter === undefined ? [] : ['retry-after', String(Math.max(1, Math.ceil(retryAfter)))]),
  ];
  return invalid(status, UNAUTHORIZED[status], ...headers);
}

const UNAUTHORIZED = {
  400: 'Bad request: Authorization must be "Bearer", a space and one token.',
  401: 'Unauthorized: a valid access token for this server is required.',
  503: 'Your token cannot be checked now: try again soon.',
} as const;

/** Every refusal of this transport. What the request itself gets wrong is answered by the protocol. */
export const REFUSAL = {
  network: invalid(403, 'Forbidden: this server is for its own machine, until it is told who may call it.'),
  host: invalid(403, 'Forbidden: this Host is not one of the server, which lists them in allowedHosts.'),
  origin: invalid(403, 'Forbidden: this Origin may not call the server, which lists them in allowedOrigins.'),
  path: invalid(404, 'Not found: the MCP endpoint has another path.'),
  method: invalid(405, 'Method not allowed: send messages by POST.', 'allow', 'POST, GET, DELETE, OPTIONS'),
  stateless: invalid(405, 'Method not allowed outside of a session: send messages by POST.', 'allow', 'POST'),
  contentType: invalid(415, 'Unsupported media type: the body must be application/json in UTF-8.'),
  contentEncoding: invalid(415, 'Unsupported content encoding: send the body as it is.', 'accept-encoding', 'identity'),
  accept: invalid(406, 'Not acceptable: Accept must list application/json and text/event-stream.'),
  acceptStream: invalid(406, 'Not acceptable: Accept must list text/event-stream.'),
  tooLarge: invalid(413, 'Content too large: the body is over the limit of the server.'),
  unauthenticated: invalid(401, 'Unauthorized: valid credentials are required.', 'www-authenticate', 'Bearer'),
  encoding: refusal(400, CODE.parseError, 'Parse error: the body is not valid UTF-8.'),
  consumed: refusal(500, CODE.internalError, 'Internal error: the body did not reach the server.'),
  responseUnexpected: invalid(400, 'Invalid request: on this protocol version a client sends no responses.'),
  sessionRequired: invalid(
    400,
    'Bad request: Mcp-Session-Id is required; send initialize first, or MCP-Protocol-Version: 2026-07-28, which has no sessions.',
  ),
  sessionUnknown: invalid(404, 'Session not found: it has ended, or never was; send initialize again.'),
  sessionExists: invalid(400, 'Invalid request: this session is initialized already.'),
  eventUnknown: invalid(400, 'Bad request: nothing is known after this Last-Event-ID; call again.'),
  storeAway: invalid(503, 'The session cannot be looked up now: try again soon.', 'retry-after', '2'),
  closing: invalid(503, 'The server is shutting down: try again soon.', 'retry-after', '1', 'connection', 'close'),
} as const satisfies Record<string, Refusal>;
