import type { Redis } from 'ioredis';
import { PerduraError } from '../../errors.js';

/** What a Redis says of itself. */
export interface RedisReport {
  /** Major and minor version; undefined where it does not tell. */
  readonly version: readonly [number, number] | undefined;
  /** Why tasks could be lost, each a clause that names the setting. */
  readonly problems: readonly string[];
  /** What could not be found out, and why. */
  readonly unknown: readonly string[];
}

/** How strict the check is. */
export interface RedisCheckOptions {
  /** Whether an unsafe Redis is refused. Default: whether `NODE_ENV` is `production`. */
  readonly isProduction?: boolean;
  /** Accepts it all the same, with a warning. */
  readonly allowUnsafe?: boolean;
  readonly warn: (message: string) => void;
}

// Scripts that read the time and then write need 5.0; 6.2 is the oldest that the job queue supports.
const LEAST: readonly [number, number] = [6, 2];

/**
 * Looks at the settings on which the promise "nothing acknowledged is lost" rests. `INFO` has them all, and unlike
 * `CONFIG` it is left open by most managed services.
 */
async function inspectRedis(client: Redis): Promise<RedisReport> {
  let info: ReadonlyMap<string, string>;
  try {
    info = parse(await client.info());
  } catch (error) {
    const refused = error instanceof Error && /NOPERM|unknown command/i.test(error.message);
    if (!refused) throw PerduraError.from(error, 'STORE_UNAVAILABLE', 'it did not answer INFO');
    const why =
      'its version, maxmemory-policy and appendonly are unknown: this user may not call INFO (ACL: add +info)';
    return { version: undefined, problems: [], unknown: [why] };
  }
  const version = versionOf(info.get('redis_version'));
  return { version, problems: problemsOf(version, info), unknown: unknownOf(info) };
}

/**
 * Refuses an unsafe Redis in production, warns of it elsewhere.
 *
 * @throws PerduraError `REDIS_UNSAFE` with every problem
 */
export async function checkRedis(client: Redis, options: RedisCheckOptions): Promise<RedisReport> {
  const report = await inspectRedis(client);
  const isProduction = options.isProduction ?? process.env['NODE_ENV'] === 'production';
  if (report.problems.length > 0 && isProduction && options.allowUnsafe !== true) {
    throw PerduraError.of('REDIS_UNSAFE', report.problems);
  }
  const words = [...report.problems, ...report.unknown];
  if (words.length > 0) options.warn(`This Redis may lose tasks: ${words.join('; ')}.`);
  return report;
}

function problemsOf(version: RedisReport['version'], info: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const policy = info.get('maxmemory_policy');
  if (version && isBefore(version, LEAST)) found.push(`it is version ${version.join('.')}, and 6.2 is needed`);
  if (policy !== undefined && policy !== 'noeviction') {
    found.push(`maxmemory-policy is ${policy}, so that tasks are evicted when memory is short (set noeviction)`);
  }
  if (info.get('aof_enabled') === '0') {
    found.push('appendonly is off, so that a restart forgets what it acknowledged (set appendonly yes)');
  }
  if (info.get('role') === 'slave')
    found.push('it is a replica, which takes no writes (give the address of the primary)');
  if (info.get('redis_mode') === 'cluster') {
    found.push('it is a node of a cluster, and all keys of the store are in one slot (give a single primary)');
  }
  return found;
}

function unknownOf(info: ReadonlyMap<string, string>): string[] {
  const settings = { redis_version: 'version', maxmemory_policy: 'maxmemory-policy', aof_enabled: 'appendonly' };
  return Object.entries(settings).flatMap(([field, name]) =>
    info.has(field) ? [] : [`its ${name} is unknown: INFO does not tell it`],
  );
}

function versionOf(text = ''): RedisReport['version'] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

const isBefore = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean =>
  a < c || (a === c && b < d);

const parse = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(/\r?\n/).flatMap((line) => {
      const end = line.indexOf(':');
      return end > 0 && !line.startsWith('#') ? [[line.slice(0, end), line.slice(end + 1)] as const] : [];
    }),
  );
