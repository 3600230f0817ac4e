import type { Declaration } from '../metadata/declaration.js';
import { milliseconds } from '../metadata/duration.js';
import type { Duration, TaskOptions } from '../metadata/options.js';
import type { Schema } from '../schema/schema.js';
import type { TaskSettings } from './catalog.js';
import { checkBudget } from './check-budget.js';
import { placeOf, type Mistakes } from './mistakes.js';
import { backoffSettings } from './task-backoff.js';
import { scheduleSettings } from './task-schedule.js';

const SECOND = 1000;
const DAY = 86_400_000;
// A store that keeps results for ever fills up; a month is longer than anybody polls.
const LONGEST_TTL = 30 * DAY;
const QUEUE = /^[\w-]{1,64}$/;

type Timed = { [K in keyof TaskOptions]-?: TaskOptions[K] extends Duration | undefined ? K : never }[keyof TaskOptions];

/** The settings of a `@Task`, its defaults filled in; those that cannot hold are taken note of. */
export function taskSettings(
  declaration: Extract<Declaration, { kind: 'task' }>,
  input: Schema,
  mistakes: Mistakes,
): TaskSettings {
  const { options } = declaration;
  const place = placeOf(declaration);
  const refuse = (setting: string, given: unknown, rule: string): void =>
    mistakes.add('INVALID_TASK', place, setting, String(given), rule);
  const read = (setting: string, given: Duration): number | undefined =>
    mistakes.attempt(`${place}, ${setting}`, () => milliseconds(given));

  const limited = (setting: Timed, least: number, most: number, rule: string): number | undefined => {
    const given: Duration | undefined = options[setting];
    const length = given === undefined ? undefined : read(setting, given);
    if (length !== undefined && (length < least || length > most)) refuse(setting, given, rule);
    return length;
  };
  const count = (setting: 'attempts' | 'concurrency' | 'priority', fallback: number, most = Infinity): number => {
    const given = options[setting] ?? fallback;
    const rule = most === Infinity ? 'an integer of at least 1' : `an integer from 1 to ${most}`;
    if (!Number.isSafeInteger(given) || given < 1 || given > most) refuse(setting, given, rule);
    return given;
  };
  const month = "more than 0 and at most '30d'";
  const ttl = limited('ttl', 1, LONGEST_TTL, month) ?? DAY;
  const within = `more than 0 and at most the ttl (${options.ttl ?? '24h'}): past it the task is gone`;
  const stepTimeout = limited('stepTimeout', 1, ttl, within);
  const resultTtl = limited('resultTtl', 1, LONGEST_TTL, month);
  const hold = limited('hold', 0, ttl, `at most the ttl (${options.ttl ?? '24h'})`);
  const { queue = 'default', idempotencyKey, onChange = 'fail', support = 'optional', attached = false } = options;
  if (!QUEUE.test(queue)) refuse('queue', JSON.stringify(queue), '1 to 64 characters of A-Z a-z 0-9 _ -');
  if (!['continue', 'fail'].includes(onChange)) refuse('onChange', onChange, "'continue' or 'fail'");
  if (idempotencyKey !== undefined && typeof idempotencyKey !== 'function')
    refuse('idempotencyKey', typeof idempotencyKey, 'a function of the input that returns a string');
  const backoff = options.backoff && backoffSettings(options.backoff, read, refuse);
  const given = options.budget;
  const budget = given && mistakes.attempt(place, () => checkBudget(place, given, 'INVALID_TASK'));
  const schedule = options.schedule && scheduleSettings(options.schedule, input, read, refuse);
  return Object.freeze({
    ttl,
    pollInterval: limited('pollInterval', 1, ttl, within) ?? Math.min(SECOND, ttl),
    attempts: count('attempts', 1),
    timeout: limited('timeout', 1, ttl, within) ?? ttl,
    concurrency: count('concurrency', 10),
    support,
    priority: count('priority', 100, 1000),
    queue,
    onChange,
    attached: attached === true,
    ...(backoff && { backoff }),
    ...(stepTimeout !== undefined && { stepTimeout }),
    ...(resultTtl !== undefined && { resultTtl }),
    ...(hold !== undefined && { hold }),
    ...(idempotencyKey && { idempotencyKey }),
    ...(schedule && { schedule }),
    ...(budget && { budget }),
  });
}
