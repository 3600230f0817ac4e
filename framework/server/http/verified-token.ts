import type { VerifiedToken } from './authorization.js';

/** What an authorization server says of a token: the claims of a JWT (RFC 9068), or its answer to an introspection (RFC 7662). */
export interface TokenClaims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly aud?: unknown;
  readonly exp?: unknown;
  readonly [claim: string]: unknown;
}

/**
 * Who a token speaks for, by its claims once they have been verified, for `authorization.verify` to return. The owner is the issuer and
 * the subject; scopes are those of `scope` or of `scp`, as words or as a list. Undefined, which refuses it, where the claims name no
 * issuer, subject or audience, or say that the token is not `active`.
 */
export function verifiedToken(claims: TokenClaims): VerifiedToken | undefined {
  const { iss: issuer, sub: subject, aud, exp: expiresAt, active = true } = claims;
  const audience = listOf(aud);
  if (!isName(issuer) || !isName(subject) || audience.length === 0 || active !== true) return undefined;
  const clientId = claims['client_id'] ?? claims['azp'];
  const granted = claims['scope'] ?? claims['scp'];
  return {
    // A space is in neither of them: an issuer is a URL, and what comes behind the first one is the subject.
    owner: `${issuer} ${subject}`,
    issuer,
    subject,
    audience,
    scopes: typeof granted === 'string' ? granted.split(' ').filter(isName) : listOf(granted),
    ...(typeof expiresAt === 'number' && { expiresAt }),
    ...(isName(clientId) && { clientId }),
  };
}

const isName = (given: unknown): given is string => typeof given === 'string' && given !== '';

const listOf = (given: unknown): readonly string[] => (Array.isArray(given) ? given : [given]).filter(isName);
