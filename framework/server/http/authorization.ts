import { PerduraError } from '../../errors.js';
import type { Awaitable } from '../../metadata/class.js';
import type { Principal } from '../../runtime/principal.js';
import { bearerChallenge } from './bearer-challenge.js';
import type { InboundRequest } from '../http-port.js';
import { type Refusal, unauthorized } from './refusals.js';

/** Who a token speaks for, as `verify` found out. */
export interface VerifiedToken extends Principal {
  /** Whom the token was issued for (`aud`): one that does not name this server is refused. */
  readonly audience: string | readonly string[];
  /**
   * When the token ends, in seconds since 1970 (`exp`). Streams that were opened with it end then, for their clients to come back
   * with another. Absent: `verify` has seen to its end, and streams outlive it.
   */
  readonly expiresAt?: number | undefined;
}

/** How the server describes and checks its authorization (RFC 9728; `basic/authorization` of both revisions). `R` is the request. */
export interface AuthorizationOptions<R> {
  /** The issuers whose tokens are taken, at least one. Clients go there to log in. */
  readonly authorizationServers: readonly string[];
  /**
   * Looks into a token: signature, issuer, expiry. Undefined, or an error, refuses it with 401; an error with `retryAfter`, in
   * seconds, says that it could not be looked into now, and answers 503. Never called without a token.
   */
  readonly verify: (token: string, request: R) => Awaitable<VerifiedToken | undefined>;
  /** What tokens for this server name as their audience (RFC 8707). Default: `publicUrl`. */
  readonly resource?: string;
  /** The scopes to begin with: every challenge for a token asks for them. Default: it names none. */
  readonly scopesSupported?: readonly string[];
  /** Which scopes contain others, such as `{ admin: ['read', 'write'] }`: who was granted the one has them all. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
  /** What people read that the resource is called, and where they read more. */
  readonly resourceName?: string;
  readonly resourceDocumentation?: string;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Whom a request is sent for, and until when they have proved it in milliseconds since 1970, where that is known. */
export interface Identified {
  readonly principal: Principal;
  readonly until?: number | undefined;
}

/** The authorization of one server, with every answer that does not depend on the token built once. */
export class Authorization {
  /** The metadata document. */
  readonly document: object;
  /** Where it is served: for this resource, and for the whole host. */
  readonly paths: readonly string[];
  readonly #metadataUrl: string;
  readonly #resource: string;
  readonly #missing: Refusal;
  readonly #invalid: Refusal;
  readonly #malformed: Refusal;

  /** Throws `INVALID_HTTP_OPTION`. */
  constructor(
    private readonly options: AuthorizationOptions<InboundRequest>,
    publicUrl: URL | undefined,
  ) {
    const { authorizationServers, scopesSupported, resourceName, resourceDocumentation } = options;
    const { resource = publicUrl?.href.replace(/\/$/, '') ?? '' } = options;
    if (!isUrl(resource) || resource.includes('#')) throw wrong('resource', resource, 'the URL of this endpoint');
    if (authorizationServers.length === 0) throw wrong('authorizationServers', '[]', 'at least one issuer');
    for (const issuer of authorizationServers)
      if (!isUrl(issuer)) throw wrong('authorizationServers', issuer, 'the URLs of issuers');
    // Refresh tokens are between a client and its authorization server.
    if (scopesSupported?.includes('offline_access'))
      throw wrong('scopesSupported', 'offline_access', 'scopes of yours');
    this.#resource = canonical(resource);
    const { origin, pathname } = new URL(resource);
    const suffix = pathname === '/' ? '' : pathname.replace(/\/$/, '');
    this.#metadataUrl = `${origin}${WELL_KNOWN}${suffix}`;
    this.paths = [...new Set([`${WELL_KNOWN}${suffix}`, WELL_KNOWN])];
    this.document = {
      resource,
      authorization_servers: authorizationServers,
      ...(scopesSupported && { scopes_supported: scopesSupported }),
      bearer_methods_supported: ['header'],
      ...(resourceName !== undefined && { resource_name: resourceName }),
      ...(resourceDocumentation !== undefined && { resource_documentation: resourceDocumentation }),
    };
    // RFC 6750, 3.1: who sent no token is told of no error.
    this.#missing = unauthorized(401, this.challenge());
    this.#invalid = unauthorized(401, this.challenge('invalid_token'));
    this.#malformed = unauthorized(400, this.challenge('invalid_request'));
  }

  /** The value of `WWW-Authenticate`. Without scopes of its own it asks for those to begin with. */
  challenge(error?: string, scopes = this.options.scopesSupported): string {
    return bearerChallenge({ error, scopes, metadataUrl: this.#metadataUrl });
  }

  /** Who sends a request and for how long they have proved it, or why it is refused. Never rejects. */
  async identify(request: InboundRequest): Promise<Identified | Refusal> {
    const [, scheme = '', token = ''] = /^(\S+) *(.*)$/.exec(request.headers.authorization ?? '') ?? [];
    if (scheme.toLowerCase() !== 'bearer') return this.#missing;
    if (!B64TOKEN.test(token)) return this.#malformed;
    try {
      const found = await this.options.verify(token, request);
      if (!found?.owner || !this.#isMeant(found.audience) || isOver(found)) return this.#invalid;
      const { owner, subject, issuer, clientId, scopes, expiresAt } = found;
      // Nothing else of the token goes on from here.
      const principal = Object.freeze({
        owner,
        scopes: this.#withImplied(scopes),
        ...(subject !== undefined && { subject }),
        ...(issuer !== undefined && { issuer }),
        ...(clientId !== undefined && { clientId }),
      });
      return { principal, until: expiresAt === undefined ? undefined : expiresAt * 1000 };
    } catch (error) {
      return cannotLook(error) ?? this.#invalid;
    }
  }

  #isMeant(audience: VerifiedToken['audience']): boolean {
    const named = typeof audience === 'string' ? [audience] : audience;
    return Array.isArray(named) && named.some((one) => canonical(String(one)) === this.#resource);
  }

  /** A broader scope counts for the narrower ones in it, and for those in them. */
  #withImplied(granted: readonly string[]): readonly string[] {
    const { implies } = this.options;
    if (!implies) return granted;
    const all = new Set(granted);
    // A set that grows while it is walked is walked to its new end.
    for (const scope of all) if (Object.hasOwn(implies, scope)) for (const one of implies[scope] ?? []) all.add(one);
    return [...all];
  }
}

/** The answer to whom nothing can be said of now, where an error says so. */
export function cannotLook(error: unknown): Refusal | undefined {
  const { retryAfter } = (error ?? {}) as { readonly retryAfter?: unknown };
  return typeof retryAfter === 'number' ? unauthorized(503, undefined, retryAfter) : undefined;
}

const isOver = ({ expiresAt }: VerifiedToken): boolean => expiresAt !== undefined && !(expiresAt * 1000 > Date.now());

const isUrl = (given: string): boolean => URL.canParse(given) && /^https?:$/.test(new URL(given).protocol);

/** "Canonical Server URI": scheme and host in any case, with or without a slash at the end. */
function canonical(uri: string): string {
  return (URL.canParse(uri) ? new URL(uri).href : uri).replace(/\/$/, '');
}

const wrong = (option: string, given: string, expected: string): PerduraError =>
  PerduraError.of('INVALID_HTTP_OPTION', `authorization.${option}`, given, expected);
