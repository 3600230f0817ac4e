import { shown } from '../../catalog/check-options.js';
import { Mistakes } from '../../catalog/mistakes.js';
import { ICONS } from '../../catalog/option-rules.js';
import { PerduraError } from '../../errors.js';
import { milliseconds } from '../../metadata/duration.js';
import type { Duration } from '../../metadata/options.js';
import { Rates } from '../../protocol/rates.js';
import { createRequestStateCodec } from '../../protocol/sealed/request-state-aes.js';
import { formSchema } from '../../schema/form-schema.js';
import type { AppOptions, TaskEngineOptions } from '../app-options.js';
import { wrongPages } from '../pages/check-pages.js';

/** What is wrong with the options themselves, whatever is in `use`. */
export function wrongOptions(options: AppOptions): PerduraError[] {
  const { name, version, icons, stateKeys = [], stateTtl, tasks = {}, limits = {} } = options;
  return [
    ...wrongIdentity('name', name, 'at least one character'),
    ...wrongIdentity(
      'version',
      version,
      'at least one character, such as "1.0.0"; npm sets npm_package_version only where npm starts the process',
    ),
    ...(icons === undefined || ICONS.holds(icons)
      ? []
      : [PerduraError.of('INVALID_OPTION', 'icons', shown(icons), ICONS.rule)]),
    ...wrongKeys(stateKeys),
    ...wrongDuration('stateTtl', stateTtl),
    ...wrongDuration('tasks.hold', tasks.hold),
    ...wrongDuration('tasks.lease', tasks.lease),
    ...wrongCount('tasks.concurrency', tasks.concurrency, 1),
    ...wrongCount('tasks.quota', tasks.quota, 0),
    ...wrongCount('tasks.backlog', tasks.backlog, 0),
    ...wrongCount('tasks.backlogBytes', tasks.backlogBytes, 0),
    ...wrongCount('tasks.journalEntryBytes', tasks.journalEntryBytes, 1),
    ...wrongCount('tasks.journalBytes', tasks.journalBytes, 1),
    ...wrongCount('limits.resultBytes', limits.resultBytes, 1),
    ...refused(() => new Rates(limits.rate)),
    ...wrongCount('limits.concurrentCalls', limits.concurrentCalls, 1),
    ...wrongCount('limits.pageSize', limits.pageSize, 1),
    ...wrongCount('limits.subscriptions', limits.subscriptions, 0),
    ...wrongRedis(tasks),
    ...(!tasks.redis && tasks.work === 'elsewhere' ? [PerduraError.of('WORK_ELSEWHERE')] : []),
    ...wrongPages(options.pages),
    ...wrongForms(options.forms),
  ];
}

// Clients refuse an answer to `initialize` whose serverInfo lacks either.
function wrongIdentity(field: string, given: unknown, expected: string): PerduraError[] {
  if (typeof given === 'string' && given !== '') return [];
  return [PerduraError.of('INVALID_IDENTITY', field, String(given), expected)];
}

function wrongKeys(given: readonly unknown[]): PerduraError[] {
  // A variable of the environment that is not set is a key without a character.
  const keys = given.map((key) => (typeof key === 'string' ? key : ''));
  return refused(() => createRequestStateCodec({ keys })).map((mistake) => mistake.at(placeOf('stateKeys')));
}

function wrongDuration(option: string, given: Duration | undefined): PerduraError[] {
  return given === undefined ? [] : refused(() => milliseconds(given)).map((mistake) => mistake.at(placeOf(option)));
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

/** What these options are refused with by what takes them. */
function refused(take: () => unknown): PerduraError[] {
  try {
    take();
    return [];
  } catch (error) {
    if (error instanceof PerduraError) return [error];
    throw error;
  }
}

const placeOf = (option: string): string => `The option ${option} of createApp`;

/** What is wrong with the forms that handlers will ask by, which nothing else tells before they do. */
function wrongForms(forms: AppOptions['forms'] = []): readonly PerduraError[] {
  const mistakes = new Mistakes();
  for (const [index, form] of forms.entries()) {
    const place = typeof form === 'function' && form.name ? form.name : `Item #${index} of createApp({ forms })`;
    mistakes.attempt(place, () => formSchema(form));
  }
  return mistakes.found;
}
