import { Buckets } from '../../../framework/protocol/rates.js';

describe('A token bucket', () => {
  it('lets a burst through, then as many as time brings', () => {
    const buckets = new Buckets({ perSecond: 10, burst: 3 });
    expect([0, 0, 0].map((at) => buckets.take('ann', at))).toEqual([0, 0, 0]);
    expect(buckets.take('ann', 0)).toBeCloseTo(100);
    expect(buckets.take('ann', 60)).toBeCloseTo(40);
    expect(buckets.take('ann', 100)).toBe(0);
    expect(buckets.take('ann', 100)).toBeCloseTo(100);
  });

  it('fills up to its burst and no further', () => {
    const buckets = new Buckets({ perSecond: 10, burst: 2 });
    buckets.take('ann', 0);
    const later = [1e6, 1e6, 1e6].map((at) => buckets.take('ann', at) > 0);
    expect(later).toEqual([false, false, true]);
  });

  it('is one for each caller', () => {
    const buckets = new Buckets({ perSecond: 1, burst: 1 });
    expect(buckets.take('ann', 0)).toBe(0);
    expect(buckets.take('bob', 0)).toBe(0);
    expect(buckets.take('ann', 0)).toBeGreaterThan(0);
  });

  it('is not forgotten while it fills, however often the others come', () => {
    const buckets = new Buckets({ perSecond: 1, burst: 10 });
    for (let i = 0; i < 10; i++) buckets.take('ann', 0);
    const refused: boolean[] = [];
    // Two generations end meanwhile: each is as long as filling takes.
    for (let at = 0; at <= 9_000; at += 1_000) {
      buckets.take(`other ${at}`, at);
      refused.push(buckets.take('ann', at + 500) > 0);
    }
    expect(refused).toEqual([true, ...Array<boolean>(9).fill(false)]);
  });

  it.each([1, 3, 7, 1_000, 100_000])('holds its whole burst at %d a second, fractions and all', (perSecond) => {
    const buckets = new Buckets({ perSecond, burst: 1_000 });
    const now = 123_456.789;
    for (let i = 0; i < 1_000; i++) expect(buckets.take('ann', now)).toBe(0);
    expect(buckets.take('ann', now)).toBeGreaterThan(0);
  });
});
