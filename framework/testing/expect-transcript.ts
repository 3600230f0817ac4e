import type { Budget } from '../metadata/options.js';
import type { AgentUsage } from '../runtime/context.js';
import type { Transcript } from './transcript.js';

/**
 * Throws where a transcript's text is another than `expected`, with the difference line by line; under any test runner. Empty lines
 * around `expected` and an indentation of all its lines do not count.
 */
export function expectTranscript({ text }: Transcript, expected: string): void {
  const [wanted, found] = [dedented(expected), text.split('\n')];
  if (wanted.join('\n') === text) return;
  throw new Error(
    ['The transcript is not as expected (- expected, + found):', ...difference(wanted, found)].join('\n'),
  );
}

/** Throws where more was used than a budget has, naming each limit. `time` is not looked at. */
export function expectWithin(usage: AgentUsage, { time: _time, ...budget }: Budget): void {
  const { turns, toolCalls, inputTokens = 0, outputTokens = 0, cost = 0 } = usage;
  const used = { turns, toolCalls, tokens: inputTokens + outputTokens, cost };
  const limits = Object.entries(budget) as [keyof typeof used, number][];
  const exceeded = limits.filter(([what, most]) => used[what] > most);
  if (exceeded.length === 0) return;
  const list = exceeded.map(([what, most]) => `- ${what}: ${used[what]} of at most ${most}`);
  throw new Error(['More was used than the budget has:', ...list].join('\n'));
}

function dedented(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines[0] === '') lines.shift();
  while (lines.at(-1) === '') lines.pop();
  const indents = lines.filter((line) => line !== '').map((line) => line.length - line.trimStart().length);
  return lines.map((line) => line.slice(Math.min(...indents)));
}

/** By the longest lines that both have in common. */
function difference(wanted: readonly string[], found: readonly string[]): string[] {
  const common: number[][] = Array.from({ length: wanted.length + 1 }, () =>
    new Array<number>(found.length + 1).fill(0),
  );
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = wanted.length - 1; i >= 0; i--)
    for (let j = found.length - 1; j >= 0; j--)
      (common[i] as number[])[j] = wanted[i] === found[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < wanted.length || j < found.length) {
    if (i < wanted.length && wanted[i] === found[j]) {
      lines.push(`  ${wanted[i++]}`);
      j++;
    } else if (i < wanted.length && (j === found.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push(`- ${wanted[i++]}`);
    else lines.push(`+ ${found[j++]}`);
  }
  return lines;
}
