/** What a challenge says, each part where it is known. */
interface ChallengeParts {
  readonly error?: string | undefined;
  /** All the scopes that are needed, at once. */
  readonly scopes?: readonly string[] | undefined;
  readonly metadataUrl?: string | undefined;
}

/** A value of `WWW-Authenticate` (RFC 6750, 3; RFC 9728, 5.1). Neither scopes nor URLs can hold what quotes would have to escape. */
export function bearerChallenge({ error, scopes, metadataUrl }: ChallengeParts): string {
  const parts = [
    ...(error ? [`error="${error}"`] : []),
    ...(scopes && scopes.length > 0 ? [`scope="${scopes.join(' ')}"`] : []),
    ...(metadataUrl ? [`resource_metadata="${metadataUrl}"`] : []),
  ];
  return parts.length > 0 ? `Bearer ${parts.join(', ')}` : 'Bearer';
}
