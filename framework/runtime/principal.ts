/**
 * On whose behalf a call runs: the authorization context of the specification. What a caller owns
 * (tasks, sealed state) is bound to `owner`, never to a session or a token.
 */
export interface Principal {
  /** Stable, opaque key of issuer, subject and tenant; equal for every token of the same user. */
  readonly owner: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly scopes: readonly string[];
}

/** The one caller of a server without authorization: everybody who can reach it. */
export const ANONYMOUS: Principal = Object.freeze({ owner: 'anonymous', scopes: Object.freeze([]) });
