/** A part of an expression that looks ahead or behind and reads nothing. */
export interface Lookaround {
  readonly isBehind: boolean;
  readonly content: string;
  /** Whether it is looked once for each time that the whole is tried: no repetition without an end stands around or before it. */
  readonly isOnce: boolean;
  readonly from: number;
  readonly to: number;
}

const TOKENS = /\\.|\[(?:\\.|[^\]])*\]|\(\?<?[=!]|\{\d+,\}|[*+]|[()]/gsu;
const isRepeat = (token: string): boolean => /^(?:[*+]|\{)/.test(token);

/** The lookarounds of an expression, those within others first. */
export function lookaroundsOf(source: string): readonly Lookaround[] {
  const found: Lookaround[] = [];
  const open: { readonly token: string; readonly at: number; readonly isOnce: boolean }[] = [];
  let isRepeated = false;
  for (const { 0: token, index } of source.matchAll(TOKENS)) {
    if (token.startsWith('(')) {
      open.push({ token, at: index, isOnce: !isRepeated && open.every((group) => group.token === '(') });
    }
    // What is repeated within a lookaround is over when the lookaround is.
    else if (isRepeat(token)) isRepeated ||= open.every((group) => group.token === '(');
    else if (token === ')') {
      const group = open.pop();
      // Only here is it seen that a group is repeated.
      if (group?.token === '(' && /[*+{]/.test(source.charAt(index + 1))) {
        for (const [at, one] of found.entries()) if (one.from > group.at) found[at] = { ...one, isOnce: false };
      }
      if (group === undefined || group.token === '(') continue;
      const content = source.slice(group.at + group.token.length, index);
      const isBehind = group.token.startsWith('(?<');
      found.push({ isBehind, content, isOnce: group.isOnce, from: group.at, to: index + 1 });
    }
  }
  return found;
}

/** The expression without these lookarounds; their groups stay, empty, so that references keep their numbers. */
export function without(lookarounds: readonly Lookaround[], source: string): string {
  const outermost = lookarounds.filter(({ from, to }) => !lookarounds.some((o) => o.from < from && to < o.to));
  return outermost.reduceRight(
    (rest, { from, to, content }) => `${rest.slice(0, from)}(?:${'()'.repeat(groupsOf(content))})${rest.slice(to)}`,
    source,
  );
}

/** Whether behind a repetition without an end something asserts, so that what reads nothing can make it be tried again. */
export function mayFailAfterRepeat(source: string): boolean {
  let isRepeated = false;
  for (const [token] of source.matchAll(TOKENS)) {
    if (isRepeat(token)) isRepeated = true;
    else if (isRepeated && /^(?:\\[bB]|\(\?)/.test(token)) return true;
  }
  return false;
}

function groupsOf(source: string): number {
  return [...source.matchAll(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)/gsu)].filter(([token]) => token === '(').length;
}
