import type { Duration, TaskSchedule } from '../metadata/options.js';
import type { Schema } from '../schema/schema.js';
import type { ScheduleSettings } from './catalog.js';

const LEAST = 1000;
const OWNER = /^[\w.:-]{1,64}$/;
/** What each field may hold, the seconds first; names of months and days are numbers by then. */
const FIELDS: readonly (readonly [least: number, most: number])[] = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];
const NAMES = ['jan feb mar apr may jun jul aug sep oct nov dec', 'sun mon tue wed thu fri sat'].map((names) =>
  names.split(' '),
);

/** When a task starts by itself; undefined where the setting cannot hold, which is then taken note of. */
export function scheduleSettings(
  { cron, timeZone, every, input = {}, owner }: TaskSchedule,
  shape: Schema,
  read: (setting: string, given: Duration) => number | undefined,
  refuse: (setting: string, given: unknown, rule: string) => void,
): ScheduleSettings | undefined {
  if (!OWNER.test(owner)) refuse('schedule.owner', JSON.stringify(owner), '1 to 64 characters of A-Z a-z 0-9 _ . : -');
  // Shapes that can only be checked asynchronously are checked when the task is fired.
  const checked = shape.validate(input);
  if (!(checked instanceof Promise) && !checked.ok)
    refuse(
      'schedule.input',
      JSON.stringify(input),
      `valid input: ${checked.issues.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')}`,
    );
  if ((cron === undefined) === (every === undefined)) {
    refuse(
      'schedule',
      cron === undefined ? 'neither cron nor every' : 'both cron and every',
      'given by one of the two',
    );
    return undefined;
  }
  if (cron !== undefined) {
    if (!isCron(cron)) refuse('schedule.cron', JSON.stringify(cron), "five or six cron fields, such as '0 6 * * 1-5'");
    if (timeZone !== undefined && !isTimeZone(timeZone))
      refuse('schedule.timeZone', JSON.stringify(timeZone), "the IANA name of a time zone, such as 'Europe/Berlin'");
    return { cron, timeZone: timeZone ?? 'UTC', owner, input };
  }
  if (timeZone !== undefined)
    refuse('schedule.timeZone', JSON.stringify(timeZone), 'left out beside every, which goes by no clock');
  const interval = read('schedule.every', every as Duration);
  if (interval !== undefined && interval < LEAST) refuse('schedule.every', every, "at least '1s'");
  return interval === undefined ? undefined : { every: interval, owner, input };
}

/** Whether this process has the zone's rules. An offset has none: where clocks change, it is wrong for half of the year. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isCron(text: string): boolean {
  const fields = text.trim().split(/\s+/);
  if (fields.length < 5 || fields.length > 6) return false;
  const kinds = FIELDS.slice(-fields.length);
  return fields.every((field, index) =>
    field.split(',').every((part) => isPart(part, index - fields.length, kinds[index] ?? [0, 0])),
  );
}

/** One of the parts of a field that commas separate: `*`, `?`, `5`, `1-5`, each perhaps with a step. `place` counts from the end. */
function isPart(part: string, place: number, [least, most]: readonly [number, number]): boolean {
  const [, from, to, step] = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
  if (from === undefined || (step !== undefined && Number(step) < 1)) return false;
  if (from === '*' || from === '?') return to === undefined;
  return [from, to ?? from].every((value) => {
    const name = (place >= -2 ? NAMES[place + 2] : undefined)?.indexOf(value.toLowerCase()) ?? -1;
    const number = name < 0 ? Number(value) : name + least;
    return Number.isInteger(number) && number >= least && number <= most;
  });
}
