import { Turns } from '../../../framework/tasks/turns.js';

describe('turns', () => {
  const run = (turns: Turns, names: readonly string[], count: number): string[] =>
    Array.from({ length: count }, () => {
      const { tool } = turns.first(names.map((tool) => ({ tool }))) as { readonly tool: string };
      turns.take(tool);
      return tool;
    });

  it('alternate among equals, in their order', () => {
    expect(run(new Turns(), ['a', 'b', 'c'], 6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('come as often as the priority says', () => {
    const turns = new Turns(new Map([['often', 1], ['seldom', 1000]])); // prettier-ignore
    const ran = run(turns, ['seldom', 'plain', 'often'], 2022);
    const counts = ['often', 'plain', 'seldom'].map((name) => ran.filter((tool) => tool === name).length);
    expect(counts).toEqual([2000, 20, 2]);
  });

  it('are not saved up by a name that had nothing to do', () => {
    const turns = new Turns();
    turns.enter('idle');
    run(turns, ['busy'], 50);
    turns.enter('idle');
    expect(run(turns, ['busy', 'idle'], 4)).toEqual(['busy', 'idle', 'busy', 'idle']);
  });

  it('of jobs that are about to start are counted as taken', () => {
    const turns = new Turns();
    const [a, b] = [{ tool: 'a', reserved: 2 }, { tool: 'b' }];
    expect(turns.first([a, b])).toBe(b);
    expect(turns.first([])).toBeUndefined();
  });
});
