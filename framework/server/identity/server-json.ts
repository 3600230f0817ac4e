import { PerduraError } from '../../errors.js';
import type { App } from '../app.js';
import { checkedName, type Repository, shortDescription } from './public-identity.js';

/** What the registry is told beside what the app says of itself. At least one of `publicUrl` and `packageJson` is given. */
export interface ServerJsonOptions {
  /** The server's name in reverse DNS, such as `io.github.you/weather`. Default: `mcpName` of `packageJson`. */
  readonly name?: string;
  /** At most 100 characters. Default: the start of the app's description, or its title. */
  readonly description?: string;
  /** Where anybody reaches the server over Streamable HTTP. */
  readonly publicUrl?: string;
  /** What a client must send there. */
  readonly headers?: readonly RegistryInput[];
  /** The package.json of the npm package that runs the server on stdio; its `mcpName` must be the server's name. */
  readonly packageJson?: { readonly name: string; readonly version: string; readonly mcpName?: string };
  /** What must be set in the environment of the package. */
  readonly environmentVariables?: readonly RegistryInput[];
  readonly repository?: Repository;
}

/** One value that a user must or may give before a server can be used. */
export interface RegistryInput {
  readonly name: string;
  readonly description?: string;
  readonly isRequired?: boolean;
  readonly isSecret?: boolean;
  readonly default?: string;
  readonly choices?: readonly string[];
}

/**
 * The `server.json` that publishes a server in the MCP Registry (schema 2025-12-11), from what the app says of itself: print it
 * with `JSON.stringify` for `mcp-publisher publish`.
 * @experimental The registry is in preview.
 * @throws PerduraError `INVALID_IDENTITY` for what the registry would refuse
 */
export function serverJson({ identity }: Pick<App, 'identity'>, options: ServerJsonOptions): Record<string, unknown> {
  const { packageJson, publicUrl, repository, headers, environmentVariables } = options;
  const name = checkedName(options.name ?? packageJson?.mcpName ?? '');
  if (packageJson && packageJson.mcpName !== name) {
    const rule = `"${name}", as the registry looks it up in the published package`;
    throw PerduraError.of('INVALID_IDENTITY', 'packageJson.mcpName', String(packageJson.mcpName), rule);
  }
  if (!packageJson && publicUrl === undefined) {
    throw PerduraError.of('INVALID_IDENTITY', 'publicUrl', 'undefined', 'a URL, or packageJson the package to install');
  }
  if (publicUrl !== undefined && !/^https:\/\/\S+$/.test(publicUrl)) {
    throw PerduraError.of('INVALID_IDENTITY', 'publicUrl', publicUrl, 'a URL that begins with "https://"');
  }
  const { title, description, version, websiteUrl } = identity;
  // The registry takes icons that anybody can load, and no data in their place.
  const icons = identity.icons?.filter(({ src }) => src.startsWith('https://')) ?? [];
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name,
    description: shortDescription(options.description, description ?? title ?? identity.name),
    ...(title !== undefined && { title }),
    version,
    ...(websiteUrl !== undefined && { websiteUrl }),
    ...(icons.length > 0 && { icons }),
    ...(repository && { repository }),
    ...(publicUrl !== undefined && {
      remotes: [{ type: 'streamable-http', url: publicUrl, ...(headers && { headers }) }],
    }),
    ...(packageJson && {
      packages: [
        {
          registryType: 'npm',
          identifier: packageJson.name,
          version: packageJson.version,
          transport: { type: 'stdio' },
          ...(environmentVariables && { environmentVariables }),
        },
      ],
    }),
  };
}
