import { errorAnswer } from '../protocol/answer.js';
import { SUPPORTED_VERSIONS } from '../protocol/envelope-2026-07-28.js';
import type { Answer } from '../protocol/exchange.js';
import { CODE, type JsonRpcRequest } from '../protocol/json-rpc.js';
import { META } from '../protocol/meta.js';
import type { RequestId, Revision } from '../spec.js';

const LAST_WITH_SESSIONS: Revision = '2025-11-25';

// What a server is to assume of a request that names none (2025-11-25, `basic/transports`), so it says no more than that:
// some clients send it in sessions that agreed on a later one.
const ASSUMED = '2025-03-26';

/**
 * What `MCP-Protocol-Version` says of a request: `stateless` for 2026-07-28 and anything later (which the protocol
 * refuses with the versions it knows), `session` for earlier ones, `unknown` for what is no version of MCP.
 */
export type HeaderVersion = 'stateless' | 'session' | 'absent' | 'unknown';

export function headerVersion(header: string | string[] | undefined): HeaderVersion {
  if (header === undefined) return 'absent';
  if (typeof header !== 'string') return 'unknown';
  // Versions are dates, so that later ones are also greater as text.
  if (/^\d{4}-\d{2}-\d{2}$/.test(header) && header > LAST_WITH_SESSIONS) return 'stateless';
  const isServed = header === ASSUMED || (SUPPORTED_VERSIONS as readonly string[]).includes(header);
  return isServed ? 'session' : 'unknown';
}

/** Whether a message carries the version in its own `_meta`, as every request of 2026-07-28 must. */
export function carriesVersion(message: Pick<JsonRpcRequest, 'params'>): boolean {
  const meta = message.params?.['_meta'];
  return typeof meta === 'object' && meta !== null && META.protocolVersion in meta;
}

/** Both revisions refuse a version that is none with 400; 2026-07-28 also says how. */
export function unsupportedVersion(header: string | string[] | undefined, id?: RequestId): Answer {
  const data = { supported: SUPPORTED_VERSIONS, requested: String(header).slice(0, 100) };
  return errorAnswer(id, { code: CODE.unsupportedProtocolVersion, message: 'Unsupported protocol version', data }, 400);
}
