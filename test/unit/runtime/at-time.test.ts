import { atTime } from '../../../framework/runtime/at-time.js';

const NOW = Date.UTC(2026, 0, 1);
const YEAR = 365 * 24 * 3_600_000;

describe('A time to come', () => {
  let calls = 0;
  const act = (): void => void calls++;
  beforeEach(() => {
    calls = 0;
    jest.useFakeTimers({ now: NOW });
  });
  afterEach(() => void jest.useRealTimers());

  it.each([1000, 2 ** 31 - 1, 2 ** 31, YEAR])('comes after %i ms, not before, and once', (wait) => {
    atTime(NOW + wait, act);
    jest.advanceTimersByTime(wait - 1);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(1);
    expect(calls).toBe(1);
    jest.advanceTimersByTime(YEAR);
    expect([calls, jest.getTimerCount()]).toEqual([1, 0]);
  });

  it('comes at once where it is past, though not before whoever asked has gone on', () => {
    atTime(NOW - 5, act);
    expect(calls).toBe(0);
    jest.advanceTimersByTime(0);
    expect(calls).toBe(1);
  });

  it('comes no more once it was taken back, and leaves no timer', () => {
    const stop = atTime(NOW + YEAR, act);
    // By now it waits for the second time.
    jest.advanceTimersByTime(2 ** 31 + 5);
    stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.advanceTimersByTime(YEAR);
    expect(calls).toBe(0);
  });
});
