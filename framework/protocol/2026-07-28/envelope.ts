import { ProtocolError } from '../../errors.js';
import type { ClientCapabilities } from '../../spec.js';
import type { Exchange } from '../messages/exchange.js';
import { checkMethodHeaders, checkVersionHeader } from './headers.js';
import { isImplementation } from '../messages/implementation.js';
import type { Incoming } from '../messages/incoming.js';
import { CODE, type JsonRpcRequest } from '../messages/json-rpc.js';
import { isLoggingLevel } from '../messages/logging.js';
import { META } from '../messages/meta.js';
import { isObject, isRequestId } from '../messages/parse-message.js';
import { BadRequest } from '../messages/refusal.js';

export const REVISION_2026 = '2026-07-28';

/** Every revision that the server speaks, the newest first: what `server/discover` and -32022 tell. */
export const SUPPORTED_VERSIONS = [REVISION_2026, '2025-11-25', '2025-06-18'] as const;

/**
 * Checks what every request of 2026-07-28 carries about itself (`basic`, per-request protocol fields), and over HTTP that
 * its headers say the same. `namedBy` has the member of `params` that `Mcp-Name` mirrors, by method.
 */
export function open2026(request: JsonRpcRequest, exchange: Exchange, namedBy: ReadonlyMap<string, string>): Incoming {
  const { id, method, params = {} } = request;
  const meta = params['_meta'];
  if (!isObject(meta)) {
    throw malformed(
      `"params._meta" must be an object that holds "${META.protocolVersion}" and "${META.clientCapabilities}".`,
    );
  }
  const version = meta[META.protocolVersion];
  if (typeof version !== 'string') throw malformed(`"${META.protocolVersion}" must be a string.`);
  if (exchange.headers) checkVersionHeader(exchange.headers, version);
  if (version !== REVISION_2026) {
    const data = { supported: SUPPORTED_VERSIONS, requested: version };
    throw new ProtocolError(CODE.unsupportedProtocolVersion, 'Unsupported protocol version', data);
  }
  const capabilities = meta[META.clientCapabilities];
  if (!isObject(capabilities)) throw malformed(`"${META.clientCapabilities}" must be an object.`);
  if (exchange.headers) checkMethodHeaders(exchange.headers, request, namedBy.get(method));

  const info = meta[META.clientInfo];
  if (info !== undefined && !isImplementation(info))
    throw malformed(`"${META.clientInfo}" needs a name and a version.`);
  const logLevel = meta[META.logLevel];
  if (logLevel !== undefined && !isLoggingLevel(logLevel)) throw malformed(`"${META.logLevel}" is no log level.`);
  const { progressToken } = meta;
  if (progressToken !== undefined && !isRequestId(progressToken)) {
    throw malformed('"progressToken" must be a string or an integer.');
  }
  const client = info === undefined ? { capabilities: capabilities as ClientCapabilities } : { info, capabilities };
  return { id, method, params, exchange, client, progressToken, logLevel };
}

const malformed = (message: string): BadRequest => new BadRequest(CODE.invalidParams, message);
