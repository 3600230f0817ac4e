import { createRequire } from 'node:module';
import { isAnchored, waysThrough } from './finite-expression.js';
import { type Lookaround, lookaroundsOf, mayFailAfterRepeat, without } from './regex-assertions.js';
import type { JsonSchema } from './schema.js';

/** What a boot check found out about the time that a regular expression may take. */
export type PatternCost =
  /** Grows with the text at most: any length will do. */
  | 'linear'
  /** Grows with the square of the text: only on text of bounded length. */
  | 'quadratic'
  /** Grows faster, or could not be told in a bounded number of steps. */
  | 'steep';

/** The longest text, in characters, that a quadratic expression may be given: some ten million steps. */
export const LONGEST_QUADRATIC = 2_000;

// Steps, not milliseconds: whether an app starts must not depend on how busy its machine is.
const MOST_STEPS = 5_000;

const costs = new Map<string, PatternCost>();

/** The keywords of `@Matches`, or undefined where JSON Schema has no word for the expression's flags. */
export function expressible(expression: unknown, flags: unknown): JsonSchema | undefined {
  const given = asRegExp(expression, flags);
  // JSON Schema knows no flags. `g` and `d` change nothing about whether a text matches; `u` is how it is read anyway.
  if (given === undefined || /[imsvy]/.test(given.flags)) return undefined;
  try {
    new RegExp(given.source, 'u');
    return { type: 'string', pattern: given.source };
  } catch {
    return undefined;
  }
}

/** The expression that `@Matches` was given, as class-validator would build it. */
export function asRegExp(expression: unknown, flags: unknown): RegExp | undefined {
  if (expression instanceof RegExp) return expression;
  return typeof expression === 'string' ? new RegExp(expression, flags as string | undefined) : undefined;
}

/** How the time of a regular expression grows; measured once per expression. */
export function costOf(expression: RegExp): PatternCost {
  const key = String(expression);
  const known = costs.get(key);
  if (known !== undefined) return known;
  const cost = measure(expression);
  costs.set(key, cost);
  return cost;
}

// Ways through an expression that has an end. One that is tried at every place of a text has to do with what the detector allows.
const MOST_WAYS = 50_000;
const MOST_BACKTRACKS = 50;

function measure(expression: RegExp): PatternCost {
  const ways = waysThrough(expression) ?? Infinity;
  if (ways <= (isAnchored(expression) ? MOST_WAYS : MOST_BACKTRACKS)) return 'linear';
  // Loaded only where a DTO has @Matches: the detector costs 30 ms that no other server should pay.
  const { isSafe } = createRequire(import.meta.url)('redos-detector') as typeof import('redos-detector');
  const flags = expression.flags.replace(/[gdyv]/g, '');
  const named = withoutProperties(withoutNames(expression.source));
  const lookarounds = lookaroundsOf(named);
  const behinds = lookarounds.filter(({ isBehind }) => isBehind);
  // The detector takes these for true, whatever is in them.
  const isBounded = behinds.every(
    ({ content }) => (waysThrough({ source: content, flags }) ?? Infinity) <= MOST_BACKTRACKS,
  );
  if (!isBounded) return 'steep';
  // And what only asserts, at the end, for what cannot fail.
  const rest = without(behinds, named);
  const source = mayFailAfterRepeat(named) ? `(?:${rest})$` : rest;
  const backtracks = (pattern: string, maxScore: number): boolean => {
    try {
      return isSafe(new RegExp(pattern, flags), { maxScore, maxSteps: MOST_STEPS, timeout: Infinity }).safe;
    } catch {
      return false;
    }
  };
  const ahead = lookarounds
    .filter(({ isBehind }) => !isBehind)
    .map((one) => costAhead(one, isAnchored(expression), flags));
  if (ahead.includes('steep')) return 'steep';
  if (backtracks(source, MOST_BACKTRACKS)) return ahead.includes('quadratic') ? 'quadratic' : 'linear';
  // With every repetition cut to 8, an expression that grows with the square backtracks about 8 times, one that
  // grows with the cube 64 times, and an exponential one 256 times and more.
  return backtracks(withShortRepeats(source, 8), 24) ? 'quadratic' : 'steep';
}

/** What it costs to look ahead, which the detector counts once however often it is done. */
function costAhead({ content, isOnce }: Lookaround, atBegin: boolean, flags: string): PatternCost {
  try {
    return costOf(new RegExp(isOnce && atBegin ? `^(?:${content})` : content, flags));
  } catch {
    return 'steep'; // It refers to a group outside of it.
  }
}

/**
 * The expression with `\p{...}` written out, of which the detector knows nothing: the characters of ASCII that it stands for, and one more
 * for all others, which then any two properties share. Not where the expression names others itself.
 */
function withoutProperties(source: string): string {
  if (/[^\0-\x7f]|\\[uxc]/.test(source)) return source;
  let isClass = false;
  return source.replace(/\\[pP]\{[^}]*\}|\\.|[[\]]/gsu, (token) => {
    if (token === '[' || token === ']') isClass = token === '[';
    if (!/^\\p/i.test(token)) return token;
    const ranges = `${asciiRanges(new RegExp(token, 'u'))}\\xff`;
    return isClass ? ranges : `[${ranges}]`;
  });
}

/** The characters of ASCII that an expression matches, as ranges of a class: each that is written alone costs the detector. */
function asciiRanges(expression: RegExp): string {
  const matches = (code: number): boolean => code < 128 && expression.test(String.fromCharCode(code));
  const hex = (code: number): string => `\\x${code.toString(16).padStart(2, '0')}`;
  let ranges = '';
  for (let from = 0; from < 128; from++) {
    if (!matches(from)) continue;
    let to = from;
    while (matches(to + 1)) to++;
    ranges += `${hex(from)}-${hex(to)}`;
    from = to;
  }
  return ranges;
}

/** The expression with its groups numbered, since the detector reads no names. */
function withoutNames(source: string): string {
  const token = /\\k<([^>]+)>|\\.|\[(?:\\.|[^\]])*\]|\(\?<(?![=!])([^>]+)>|\((?!\?)/gsu;
  const numbers = new Map<string, number>();
  let count = 0;
  for (const [part, , name] of source.matchAll(token)) {
    if (part.startsWith('(')) count++;
    if (name !== undefined) numbers.set(name, count);
  }
  return source.replace(token, (part: string, referred?: string, name?: string) => {
    // Without such a group it is plain text.
    if (referred !== undefined) return numbers.has(referred) ? `(?:\\${numbers.get(referred)})` : part;
    return name === undefined ? part : '(';
  });
}

/** The expression with `*`, `+` and `{n,}` cut to a few repetitions. */
function withShortRepeats(source: string, most: number): string {
  const token = /\\.|\[(?:\\.|[^\]])*\]|\{(\d+),\}|[*+]/gsu;
  return source.replace(token, (part: string, least?: string) => {
    if (part === '*') return `{0,${most}}`;
    if (part === '+') return `{1,${most}}`;
    return least === undefined ? part : `{${least},${Number(least) + most}}`;
  });
}
