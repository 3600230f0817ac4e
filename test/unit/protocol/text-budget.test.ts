import { isTextOverBudget } from '../../../framework/protocol/messages/text-budget.js';
import { withinBudget } from '../../../framework/schema/budget.js';
import { seededRandom } from '../../fixtures/seeded-random.js';

const BUDGET = { depth: 4, nodes: 12 };

describe('The budget of a text', () => {
  it('never refuses what the value itself is allowed', () => {
    const random = seededRandom();
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
    const value = (depth: number): unknown => {
      const scalar = pick(['', 'a,b', '"[{', '\\', '\\"', '\\\\",[', '\u2028', 0, -1.5, true, null]);
      if (depth === 0 || random() < 0.4) return scalar;
      const members = Array.from({ length: Math.floor(random() * 5) }, () => value(depth - 1));
      return random() < 0.5
        ? members
        : Object.fromEntries(members.map((member, at) => [`${String(scalar)}${at}`, member]));
    };
    let refused = 0;
    for (let round = 0; round < 20_000; round++) {
      const made = value(6);
      if (!isTextOverBudget(JSON.stringify(made), BUDGET)) continue;
      refused++;
      expect(withinBudget(made, BUDGET)).toBe(false);
    }
    expect(refused).toBeGreaterThan(100);
  });

  it('refuses too many levels and too many values before they are parsed', () => {
    expect(isTextOverBudget('[['.repeat(100_000), BUDGET)).toBe(true);
    expect(isTextOverBudget(`[${'0,'.repeat(20)}0]`, BUDGET)).toBe(true);
    expect(isTextOverBudget(`{${'"a":0,'.repeat(20)}"a":0}`, BUDGET)).toBe(true);
  });

  it('does not count what is in strings, and takes time in proportion to the text', () => {
    expect(isTextOverBudget(JSON.stringify('[,{"\\'.repeat(100)), BUDGET)).toBe(false);
    expect(isTextOverBudget(`"${'\\'.repeat(1_000_001)}"`, BUDGET)).toBe(false);
    expect(isTextOverBudget(`"${'\\"'.repeat(500_000)}`, BUDGET)).toBe(false);
  });
});
