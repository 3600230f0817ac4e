import { isScope } from '../../catalog/scopes.js';

/** What a challenge says, each part where it is known. */
interface ChallengeParts {
  readonly error?: string | undefined;
  /** All the scopes that are needed, at once. */
  readonly scopes?: readonly string[] | undefined;
  readonly metadataUrl?: string | undefined;
}

/**
 * A value of `WWW-Authenticate` (RFC 6750, 3; RFC 9728, 5.1). Neither scopes nor URLs can hold what quotes would have to escape; what a
 * `verify` calls a scope, and is none, could.
 */
export function bearerChallenge({ error, scopes: asked, metadataUrl }: ChallengeParts): string {
  const scopes = asked?.filter(isScope);
  const parts = [
    ...(error ? [`error="${error}"`] : []),
    ...(scopes && scopes.length > 0 ? [`scope="${scopes.join(' ')}"`] : []),
    ...(metadataUrl ? [`resource_metadata="${metadataUrl}"`] : []),
  ];
  return parts.length > 0 ? `Bearer ${parts.join(', ')}` : 'Bearer';
}
