import { InsufficientScope } from '../../errors.js';
import { ANONYMOUS } from '../../runtime/principal.js';
import type { RequestId } from '../../spec.js';
import { errorAnswer } from '../messages/answer.js';
import type { Answer, Exchange } from '../messages/exchange.js';
import type { JsonRpcError } from '../messages/json-rpc.js';

/** Who calls, and whether over HTTP. */
export type Caller = Pick<Exchange, 'principal' | 'headers'>;

/** What may be declared for those alone who were granted these scopes. */
interface Scoped {
  readonly scopes?: readonly string[];
}

/** Over HTTP 403 with a challenge that names all that the call needs, or 401 for who is nobody yet. */
const statusFor = (caller: Caller): number => (isAnonymous(caller) ? 401 : 403);

/**
 * Refuses whoever lacks a scope of these, before anything of the call has begun (`basic/authorization`, "Scope Challenge
 * Handling"). A transport without authorization, as stdio is, has nobody to refuse: its caller started the process.
 *
 * @throws InsufficientScope
 */
export function requireScopes(entry: Scoped, caller: Caller): void {
  if (hasScopes(entry, caller)) return;
  throw Object.assign(new InsufficientScope(entry.scopes ?? []), { status: statusFor(caller) });
}

/** The answer to a call that ended with an error; a challenge where its handler asked for scopes ({@link InsufficientScope}). */
export function callErrorAnswer(id: RequestId, error: JsonRpcError, caller: Caller, status = 200): Answer {
  const { reason, scopes } = (error.data ?? {}) as { readonly reason?: unknown; readonly scopes?: unknown };
  if (reason !== 'insufficient_scope' || !Array.isArray(scopes)) return errorAnswer(id, error, status);
  return { ...errorAnswer(id, error, statusFor(caller)), scopes: scopes.map(String) };
}

/** Whether the caller may use what needs these scopes. */
export function hasScopes({ scopes }: Scoped, caller: Caller): boolean {
  if (!scopes || (caller.headers === undefined && isAnonymous(caller))) return true;
  return scopes.every((scope) => caller.principal.scopes.includes(scope));
}

const isAnonymous = ({ principal }: Caller): boolean => principal.owner === ANONYMOUS.owner;
