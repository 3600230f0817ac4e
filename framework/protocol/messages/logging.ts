import type { LoggingLevel } from '../../spec.js';

/** The eight levels of RFC 5424, the least severe first. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;

const SEVERITY: ReadonlyMap<unknown, number> = new Map(LEVELS.map((level, index) => [level, index]));

export const isLoggingLevel = (value: unknown): value is LoggingLevel => SEVERITY.has(value);

/** Whether a message of `level` passes the threshold `least`. */
export const isAtLeast = (level: LoggingLevel, least: LoggingLevel): boolean =>
  (SEVERITY.get(level) ?? 0) >= (SEVERITY.get(least) ?? 0);
