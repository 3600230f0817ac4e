import type { RequestId } from '../../spec.js';
import type { Answer } from './exchange.js';
import { CODE } from './json-rpc.js';

/** For a request that was cancelled: its client waits for nothing (2025-11-25 and 2026-07-28, cancellation). */
export const NOTHING: Answer = Object.freeze({ status: 202, body: '' });

/** Wraps a result that is JSON already: list pages and the like are serialised at boot, not per request. */
export function resultAnswer(id: RequestId, resultJson: string): Answer {
  // Numbers need no escaping, and most clients count.
  const idJson = typeof id === 'number' ? id : JSON.stringify(id);
  return { status: 200, body: `{"jsonrpc":"2.0","id":${idJson},"result":${resultJson}}` };
}

/** An error response; `id` is left out where the message was too broken to have one. */
export function errorAnswer(
  id: RequestId | undefined,
  error: { readonly code: number; readonly message: string; readonly data?: unknown },
  status = 200,
): Answer {
  const { code, message, data } = error;
  return { status, body: JSON.stringify({ jsonrpc: '2.0', id, error: { code, message, data } }) };
}

/** The HTTP status of an error on 2026-07-28 (`basic/transports/streamable-http`): most errors are answers like any other. */
const STATUS: Readonly<Record<number, number>> = {
  [CODE.methodNotFound]: 404,
  [CODE.invalidRequest]: 400,
  [CODE.headerMismatch]: 400,
  [CODE.missingClientCapability]: 400,
  [CODE.unsupportedProtocolVersion]: 400,
};

export const statusOf = (code: number): number => STATUS[code] ?? 200;

/** Puts members in front of the members of an object that is JSON already. */
export function withMembers(members: string, objectJson: string): string {
  return objectJson === '{}' ? `{${members}}` : `{${members},${objectJson.slice(1)}`;
}
