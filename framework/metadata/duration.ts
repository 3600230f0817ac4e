import { PerduraError } from '../errors.js';
import type { Duration } from './options.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a duration. Throws `INVALID_DURATION` where it is none, or is negative. */
export function milliseconds(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(duration)) ?? [];
  const value = typeof duration === 'number' ? duration : Number(amount) * (UNITS[unit ?? ''] ?? NaN);
  if (!Number.isFinite(value) || value < 0) throw PerduraError.of('INVALID_DURATION', String(duration));
  return Math.round(value);
}
