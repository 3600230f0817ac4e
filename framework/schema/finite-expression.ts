/** Past it an expression is as bad as one without an end. */
const MOST = 1_000_000;

/** Thrown within this file, where an expression has no end, or holds what is not counted here. */
class Unbounded extends Error {}

/**
 * In how many ways a regular expression can go through a text at the most, where it begins: the product of its choices. Undefined
 * where a repetition has no end, or a backreference depends on the text. Dates and addresses are such: their time has a bound
 * that the detector takes seconds to find.
 */
export function waysThrough({ source, flags }: Pick<RegExp, 'source' | 'flags'>): number | undefined {
  // Its classes can be nested.
  if (flags.includes('v')) return undefined;
  try {
    return new Counter(source).count();
  } catch (error) {
    if (error instanceof Unbounded) return undefined;
    throw error;
  }
}

/** Whether an expression is tried at the begin of a text alone. */
export function isAnchored({ source, flags }: RegExp): boolean {
  return source.startsWith('^') && !flags.includes('m') && !hasBranches(source);
}

function hasBranches(source: string): boolean {
  let depth = 0;
  for (const [token] of source.matchAll(/\\.|\[(?:\\.|[^\]])*\]|[()|]/gsu)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token === '|' && depth === 0) return true;
  }
  return false;
}

class Counter {
  #at = 0;

  constructor(private readonly source: string) {}

  count(): number {
    const ways = this.#branches();
    if (this.#at < this.source.length) throw new Unbounded();
    return ways;
  }

  #branches(): number {
    let ways = this.#sequence();
    while (this.#take(/\|/y) !== undefined) ways = bounded(ways + this.#sequence());
    return ways;
  }

  #sequence(): number {
    let ways = 1;
    while (this.#at < this.source.length && !'|)'.includes(this.source.charAt(this.#at))) {
      const one = this.#atom();
      ways = bounded(ways * this.#repeated(one));
    }
    return ways;
  }

  #atom(): number {
    if (this.#take(/\((?:\?(?:[:=!]|<[=!]|<[^>]+>))?(?!\?)/y) !== undefined) {
      const ways = this.#branches();
      if (this.#take(/\)/y) === undefined) throw new Unbounded();
      return ways;
    }
    // A reference to a group takes as long as what the group has found; `(?i:...)` is newer than this.
    if (this.#take(/\\[1-9k]|\(/y) !== undefined) throw new Unbounded();
    const text = this.#take(/\[(?:\\.|[^\]])*\]|\\[pPu]\{[^}]*\}|\\.|[^*+?]/sy);
    if (text === undefined) throw new Unbounded();
    return 1;
  }

  /** The ways through what was read, as often as its quantifier says. */
  #repeated(ways: number): number {
    const quantifier = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/y)?.replace(/(?<=.)\?$/, '');
    if (quantifier === undefined) return ways;
    const [, least, comma, most] = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier === '?' ? '{0,1}' : quantifier) ?? [];
    if (least === undefined || (comma === ',' && most === '')) throw new Unbounded();
    const last = Number(comma === ',' ? most : least);
    let sum = 0;
    for (let times = Number(least); times <= last; times++) sum = bounded(sum + ways ** times);
    return sum;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.source) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

function bounded(ways: number): number {
  if (ways > MOST) throw new Unbounded();
  return ways;
}
