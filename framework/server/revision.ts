import { errorAnswer } from '../protocol/messages/answer.js';
import { REVISION_2026, SUPPORTED_VERSIONS } from '../protocol/2026-07-28/envelope.js';
import type { Answer } from '../protocol/messages/exchange.js';
import { CODE, type JsonRpcRequest } from '../protocol/messages/json-rpc.js';
import { META } from '../protocol/messages/meta.js';
import type { RequestId } from '../spec.js';

// What a server is to assume of a request that names none (2025-11-25, `basic/transports`), so it says no more than that:
// some clients send it in sessions that agreed on a later one.
const ASSUMED = '2025-03-26';

const OF_SESSIONS: ReadonlySet<unknown> = new Set([
  ...[undefined, ASSUMED],
  ...SUPPORTED_VERSIONS.filter((version) => version !== REVISION_2026),
]);

/**
 * What `MCP-Protocol-Version` says of a request: `stateless` for 2026-07-28, `session` for those before it and for none, `unknown` for
 * any that is not served, later ones included.
 */
export type HeaderVersion = 'stateless' | 'session' | 'unknown';

export function headerVersion(header: string | string[] | undefined): HeaderVersion {
  if (header === REVISION_2026) return 'stateless';
  return OF_SESSIONS.has(header) ? 'session' : 'unknown';
}

/** Whether a message carries the version in its own `_meta`, as every request of 2026-07-28 must. */
export function carriesVersion(message: Pick<JsonRpcRequest, 'params'>): boolean {
  const meta = message.params?.['_meta'];
  return typeof meta === 'object' && meta !== null && META.protocolVersion in meta;
}

/** Both revisions refuse a version that is not served with 400; 2026-07-28 also says how. */
export function unsupportedVersion(header: string | string[] | undefined, id?: RequestId): Answer {
  const data = { supported: SUPPORTED_VERSIONS, requested: String(header).slice(0, 100) };
  return errorAnswer(id, { code: CODE.unsupportedProtocolVersion, message: 'Unsupported protocol version', data }, 400);
}
