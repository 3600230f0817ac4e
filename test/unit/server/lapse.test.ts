import { lapseOf } from '../../../framework/server/http/lapse.js';
import { ANONYMOUS } from '../../../framework/runtime/principal.js';
import { until } from '../../fixtures/until.js';

const principal = { ...ANONYMOUS, owner: 'ann' };

describe('What a caller has proved', () => {
  it('ends when their token does, though whoever is asked about them never answers', async () => {
    let asked = false;
    let isOver = false;
    const unanswered = (): Promise<never> => {
      asked = true;
      return new Promise<never>(() => undefined);
    };
    lapseOf(unanswered, { principal, until: Date.now() + 50 }, 1)(() => (isOver = true));
    await until(() => isOver);
    expect(asked).toBe(true);
  });

  it('lasts for as long as is said when it is asked for again', async () => {
    let over = 0;
    const first = Date.now() + 50;
    const last = first + 50;
    const extended = () => ({ principal, until: last });
    lapseOf(extended, { principal, until: first }, 1)(() => (over = Date.now()));
    await until(() => over > 0);
    expect(over).toBeGreaterThanOrEqual(last);
  });

  it('is not asked for at one time of all who came at one time', () => {
    jest.useFakeTimers();
    try {
      const times: number[] = [];
      const unanswered = (): Promise<never> => {
        times.push(Date.now());
        return new Promise<never>(() => undefined);
      };
      const began = Date.now();
      for (let client = 0; client < 100; client++) lapseOf(unanswered, { principal }, 60_000)(() => undefined);
      jest.advanceTimersByTime(60_000);
      expect(times).toHaveLength(100);
      expect(new Set(times).size).toBeGreaterThan(10);
      expect(Math.min(...times) - began).toBeGreaterThanOrEqual(54_000);
    } finally {
      jest.useRealTimers();
    }
  });
});
