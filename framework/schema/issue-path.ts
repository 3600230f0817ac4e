/** The most characters of a property's name that an issue repeats. */
const LONGEST_NAME = 64;

/** Where an issue is: a dotted path, places in lists in brackets. Names may be the sender's own text. */
export function issuePath(steps: readonly PropertyKey[]): string {
  return steps.reduce<string>((path, step) => {
    const name = String(step);
    if (/^\d+$/.test(name)) return `${path}[${name}]`;
    return path === '' ? oneLine(name, LONGEST_NAME) : `${path}.${oneLine(name, LONGEST_NAME)}`;
  }, '');
}

/** Text of somebody else's as one line of bounded length, without control characters. */
export function oneLine(text: string, longest: number): string {
  return text.replace(/[\p{C}\u2028\u2029]/gu, '?').slice(0, longest);
}
