import { PerduraError } from '../errors.js';
import { milliseconds } from '../metadata/duration.js';
import type { Duration } from '../metadata/options.js';
import type { AppOptions, TaskEngineOptions } from './app-options.js';

/** What is wrong with the options themselves, whatever is in `use`. */
export function wrongOptions({ name, version, stateTtl, tasks = {}, limits = {} }: AppOptions): PerduraError[] {
  return [
    ...wrongIdentity('name', name, 'at least one character'),
    ...wrongIdentity(
      'version',
      version,
      'at least one character, such as "1.0.0"; npm sets npm_package_version only where npm starts the process',
    ),
    ...wrongDuration('stateTtl', stateTtl),
    ...wrongDuration('tasks.hold', tasks.hold),
    ...wrongDuration('tasks.lease', tasks.lease),
    ...wrongCount('tasks.concurrency', tasks.concurrency, 1),
    ...wrongCount('tasks.quota', tasks.quota, 0),
    ...wrongCount('tasks.backlog', tasks.backlog, 0),
    ...wrongCount('tasks.journalEntryBytes', tasks.journalEntryBytes, 1),
    ...wrongCount('tasks.journalBytes', tasks.journalBytes, 1),
    ...wrongCount('limits.resultBytes', limits.resultBytes, 1),
    ...wrongCount('limits.pageSize', limits.pageSize, 1),
    ...wrongCount('limits.subscriptions', limits.subscriptions, 0),
    ...wrongRedis(tasks),
    ...(!tasks.redis && tasks.work === 'elsewhere' ? [PerduraError.of('WORK_ELSEWHERE')] : []),
  ];
}

// Clients refuse an answer to `initialize` whose serverInfo lacks either.
function wrongIdentity(field: string, given: unknown, expected: string): PerduraError[] {
  if (typeof given === 'string' && given !== '') return [];
  return [PerduraError.of('INVALID_IDENTITY', field, String(given), expected)];
}

function wrongDuration(option: string, given: Duration | undefined): PerduraError[] {
  try {
    if (given !== undefined) milliseconds(given);
    return [];
  } catch (error) {
    return [(error as PerduraError).at(`The option ${option} of createApp`)];
  }
}

function wrongCount(option: string, given: number | undefined, least: number): PerduraError[] {
  if (given === undefined || given === Infinity || (Number.isInteger(given) && given >= least)) return [];
  return [PerduraError.of('INVALID_OPTION', option, String(given), `an integer of at least ${least}`)];
}

function wrongRedis(tasks: TaskEngineOptions): PerduraError[] {
  const { redis } = tasks;
  if (!redis) {
    // `redis: process.env.REDIS_URL` means memory on a developer's machine, and an oversight where tasks must be kept.
    const isOversight = 'redis' in tasks && process.env['NODE_ENV'] === 'production';
    return isOversight ? [PerduraError.of('REDIS_NOT_SET')] : [];
  }
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec((typeof redis === 'string' ? redis : redis.url) ?? '')?.[0];
  // ioredis takes any other for the path of a socket. Only the scheme is named: the rest may hold a password.
  return scheme === undefined || /^rediss?:/i.test(scheme) ? [] : [PerduraError.of('REDIS_ADDRESS', scheme)];
}
