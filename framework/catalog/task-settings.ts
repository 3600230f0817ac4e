import type { Declaration } from '../metadata/declaration.js';
import { milliseconds } from '../metadata/duration.js';
import type { Duration } from '../metadata/options.js';
import type { TaskSettings } from './catalog.js';
import { placeOf, type Report } from './report.js';

const SECOND = 1000;
const DAY = 86_400_000;
// A store that keeps results for ever fills up; a month is longer than anybody polls.
const LONGEST_TTL = 30 * DAY;

/** The settings of a `@Task`, its defaults filled in; those that cannot hold are taken note of. */
export function taskSettings(declaration: Extract<Declaration, { kind: 'task' }>, report: Report): TaskSettings {
  const { options } = declaration;
  const place = placeOf(declaration);
  const refuse = (setting: string, given: unknown, rule: string): void =>
    report.add('INVALID_TASK', place, setting, String(given), rule);

  const duration = (
    setting: 'ttl' | 'timeout' | 'pollInterval',
    fallback: number,
    most: number,
    rule: string,
  ): number => {
    const given: Duration | undefined = options[setting];
    if (given === undefined) return fallback;
    const length = report.attempt(`${place}, ${setting}`, () => milliseconds(given));
    if (length !== undefined && (length === 0 || length > most)) refuse(setting, given, rule);
    return length ?? fallback;
  };
  const count = (setting: 'attempts' | 'concurrency', fallback: number): number => {
    const given = options[setting] ?? fallback;
    if (!Number.isSafeInteger(given) || given < 1) refuse(setting, given, 'an integer of at least 1');
    return given;
  };

  const ttl = duration('ttl', DAY, LONGEST_TTL, "more than 0 and at most '30d'");
  const within = `more than 0 and at most the ttl (${options.ttl ?? '24h'}): past it the task is gone`;
  return Object.freeze({
    ttl,
    pollInterval: duration('pollInterval', Math.min(SECOND, ttl), ttl, within),
    attempts: count('attempts', 1),
    timeout: duration('timeout', ttl, ttl, within),
    concurrency: count('concurrency', 10),
    support: options.support ?? 'optional',
  });
}
