import type { Implementation, RequestId } from '../../spec.js';
import { resultAnswer, withMembers } from '../messages/answer.js';
import type { Answer } from '../messages/exchange.js';
import { CODE, type JsonRpcError } from '../messages/json-rpc.js';
import { META } from '../messages/meta.js';

/** `server/utilities/caching`: what seldom changes may be kept for a while, by anybody; who listens hears of a change sooner. */
export const CACHE_FIXED = '"ttlMs":300000,"cacheScope":"public"';
/** The same for what differs by what the client declared. */
export const CACHE_PRIVATE = '"ttlMs":300000,"cacheScope":"private"';
/** What a handler made is good for its caller, now, where it does not say more itself. */
const UNCACHED = { ttlMs: 0, cacheScope: 'private' } as const;
export const CACHE_NONE = JSON.stringify(UNCACHED).slice(1, -1);

/** Makes results of 2026-07-28: each says what type it is and which server it is from (`basic`, per-response fields). */
export class Results {
  /** The members that every complete result has, as JSON. */
  readonly complete: string;
  private readonly meta: Readonly<Record<string, unknown>>;

  constructor(identity: Implementation) {
    this.meta = { [META.serverInfo]: identity };
    this.complete = `"resultType":"complete","_meta":${JSON.stringify(this.meta)}`;
  }

  /** The answer with a complete result. */
  answer(id: RequestId, result: Readonly<Record<string, unknown>>, extra = ''): Answer {
    return resultAnswer(id, this.json(result, extra));
  }

  /** A complete result as JSON; `extra` is put in as it is, or what the result itself says in its place. */
  json(result: Readonly<Record<string, unknown>>, extra = ''): string {
    // Rare enough to be copied; a member may not stand twice.
    if (extra === CACHE_NONE && ('ttlMs' in result || 'cacheScope' in result))
      return this.json({ ...result, ...cachingOf(result) });
    const withExtra = (members: string): string => (extra === '' ? members : `${members},${extra}`);
    // Nearly every result has neither of the two, and then need not be copied without them.
    if (result['_meta'] === undefined && result['resultType'] === undefined)
      return withMembers(withExtra(this.complete), JSON.stringify(result));
    const { _meta, resultType: _, ...rest } = result;
    const members =
      _meta === undefined
        ? this.complete
        : `"resultType":"complete","_meta":${JSON.stringify({ ...(_meta as object), ...this.meta })}`;
    return withMembers(withExtra(members), JSON.stringify(rest));
  }

  /** A result of another type. */
  typed(id: RequestId, resultType: string, result: Readonly<Record<string, unknown>>): Answer {
    return resultAnswer(id, JSON.stringify({ resultType, ...result, _meta: this.meta }));
  }
}

/** What a handler says of caching, as far as it is what the specification allows. */
function cachingOf({ ttlMs, cacheScope }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return {
    ttlMs: Number.isSafeInteger(ttlMs) && (ttlMs as number) >= 0 ? ttlMs : UNCACHED.ttlMs,
    cacheScope: cacheScope === 'public' ? cacheScope : UNCACHED.cacheScope,
  };
}

/** 2026-07-28 retired the code of 2025-11-25 for a resource that does not exist. */
export function error2026(error: JsonRpcError): JsonRpcError {
  return error.code === CODE.resourceNotFound ? { ...error, code: CODE.invalidParams } : error;
}
