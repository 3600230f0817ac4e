import { ProtocolError } from '../../errors.js';
import { ANONYMOUS } from '../../runtime/principal.js';
import type { Exchange } from '../messages/exchange.js';
import { CODE } from '../messages/json-rpc.js';

/** Who calls, and whether over HTTP. */
export type Caller = Pick<Exchange, 'principal' | 'headers'>;

/** What may be declared for those alone who were granted these scopes. */
interface Scoped {
  readonly scopes?: readonly string[];
}

/** A caller lacks scopes: over HTTP 403 with a challenge that names all that the call needs, or 401 for who is nobody yet. */
class InsufficientScope extends ProtocolError {
  readonly status: number;

  constructor(
    readonly scopes: readonly string[],
    isAnonymous: boolean,
  ) {
    super(CODE.invalidRequest, 'Your access does not cover this: ask for these scopes and try again.', {
      reason: 'insufficient_scope',
      scopes,
    });
    this.status = isAnonymous ? 401 : 403;
  }
}

/**
 * Refuses whoever lacks a scope of these, before anything of the call has begun (`basic/authorization`, "Scope Challenge
 * Handling"). A transport without authorization, as stdio is, has nobody to refuse: its caller started the process.
 *
 * @throws InsufficientScope
 */
export function requireScopes(entry: Scoped, caller: Caller): void {
  if (!hasScopes(entry, caller)) throw new InsufficientScope(entry.scopes ?? [], isAnonymous(caller));
}

/** Whether the caller may use what needs these scopes. */
export function hasScopes({ scopes }: Scoped, caller: Caller): boolean {
  if (!scopes || (caller.headers === undefined && isAnonymous(caller))) return true;
  return scopes.every((scope) => caller.principal.scopes.includes(scope));
}

const isAnonymous = ({ principal }: Caller): boolean => principal.owner === ANONYMOUS.owner;
