import { html, type Html } from './html.js';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A length of time in its two largest units. */
export function lengthOf(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const at = UNITS.findIndex(([, length]) => ms >= length);
  const [unit, length] = UNITS[at] as (typeof UNITS)[number];
  const [smaller, part] = UNITS[at + 1] ?? ['s', 1000];
  const rest = Math.floor((ms % length) / part);
  return `${Math.floor(ms / length)} ${unit}${rest > 0 ? ` ${rest} ${smaller}` : ''}`;
}

/** A time as what it is away from now; the whole of it is there for whoever points at it. */
export function timeOf(at: number, now: number): Html {
  const whole = new Date(at).toISOString();
  const away = Math.abs(now - at) < 1000 ? 'now' : now > at ? `${lengthOf(now - at)} ago` : `in ${lengthOf(at - now)}`;
  return html`<time datetime="${whole}" title="${whole}">${away}</time>`;
}

/** 1234 as 1,234, whatever the machine speaks. */
export const countOf = (count: number): string => count.toLocaleString('en-US');

export const several = (count: number, noun: string): string => `${countOf(count)} ${noun}${count === 1 ? '' : 's'}`;
