import { DueIndex } from '../../../framework/tasks/memory/due-index.js';
import { seededRandom } from '../../fixtures/seeded-random.js';

describe('the index of due times', () => {
  it('names what is due, earliest first, as a sorted list would', () => {
    const random = seededRandom();
    const index = new DueIndex();
    const model = new Map<string, number>();
    for (let round = 0; round < 5000; round++) {
      const id = `id-${Math.floor(random() * 60)}`;
      if (random() < 0.25) {
        index.delete(id);
        model.delete(id);
      } else {
        // Fractions keep times apart, so that the order is certain.
        const at = random() * 100;
        index.set(id, at);
        model.set(id, at);
      }
      const now = random() * 100;
      const expected = [...model].filter(([, at]) => at <= now).sort(([, a], [, b]) => a - b);
      expect(index.past(now, 10)).toEqual(expected.slice(0, 10).map(([due]) => due));
    }
  });
});
