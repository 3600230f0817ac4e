import type { Icon, Implementation } from '../../spec.js';
import { SUPPORTED_VERSIONS } from '../../protocol/2026-07-28/envelope.js';
import { checkedName, publicName, type Repository, shortDescription } from './public-identity.js';

/**
 * What a server card says beside what the app says of itself.
 * @experimental SEP-2127 is young, and its card may change with it.
 */
export interface CardOptions {
  /**
   * The server's name in reverse DNS, such as `com.example/weather`. Default: the app's name where it has a slash, else
   * with the host of `publicUrl` turned round before it.
   */
  readonly name?: string;
  /** At most 100 characters. Default: the start of the app's description, or its title. */
  readonly description?: string;
  readonly repository?: Repository;
  /** Also lists the card in `/.well-known/ai-catalog.json`, which is the whole site's. Default false. */
  readonly catalog?: boolean;
}

/** A server card (SEP-2127): who a server is and where, and nothing of what it offers. */
export interface ServerCard {
  readonly $schema: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly title?: string;
  readonly websiteUrl?: string;
  readonly icons?: readonly Icon[];
  readonly repository?: Repository;
  readonly remotes: readonly object[];
}

/**
 * The card of an app that clients reach at `url`: what `server/discover` says, so that the two cannot disagree.
 * Throws `INVALID_IDENTITY`.
 */
export function serverCard(
  { name, version, title, description, websiteUrl, icons }: Implementation,
  url: URL,
  { authenticated, ...options }: CardOptions & { readonly authenticated: boolean },
): ServerCard {
  const headers = [{ name: 'Authorization', description: 'Bearer token', isRequired: true, isSecret: true }];
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json',
    name: checkedName(options.name ?? publicName(name, url)),
    version,
    description: shortDescription(options.description, description ?? title ?? name),
    ...(title !== undefined && { title }),
    ...(websiteUrl !== undefined && { websiteUrl }),
    ...(icons && { icons }),
    ...(options.repository && { repository: options.repository }),
    remotes: [
      {
        type: 'streamable-http',
        url: url.href,
        supportedProtocolVersions: SUPPORTED_VERSIONS,
        ...(authenticated && { headers }),
      },
    ],
  };
}
