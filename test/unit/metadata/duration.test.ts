import { milliseconds } from '../../../framework/metadata/duration.js';
import type { Duration } from '../../../framework/metadata/options.js';

describe('a duration', () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1500, 1500],
    ['500ms', 500],
    ['1.5s', 1500],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
  ])('%p is %p milliseconds', (duration, length) => {
    expect(milliseconds(duration)).toBe(length);
  });

  it.each(['', '5', '5 s', '-1s', '1w', '1e3ms', '.5s', 'Infinityms', -1, NaN, Infinity, null])(
    '%p is none',
    (given) => {
      expect(() => milliseconds(given as Duration)).toThrow(expect.objectContaining({ code: 'INVALID_DURATION' }));
    },
  );
});
