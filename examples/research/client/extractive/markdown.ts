// A private-use character stands for a code span while the signs around it are taken away.
const HOLD = '\uE000';

/** The words of Markdown without its signs; what stands between backticks is kept as it is. */
export function plain(text: string): string {
  const spans: string[] = [];
  return text
    .replace(/(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)/gu, (span) => `${HOLD}${spans.push(span) - 1}${HOLD}`)
    .replace(/<!--.*?-->|<br\s*\/?>/giu, ' ')
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])/gu, '')
    .replace(/\[((?:[^\][\\]|\\.)*)\]\([^)\s]*(?:\s"[^"]*")?\)/gu, '$1')
    .replace(/\[([^\][]+)\]\[[^\]]*\]/gu, '$1')
    .replace(/\\\[[^\][]*\\\]/gu, '')
    .replace(/<\/?[a-z][^>]*>/giu, '')
    .replace(/\*\*|__/gu, '')
    .replace(/(?<=^|[\s(])([_*])([^_*\s][^_*]*)\1(?=[\s).,;:!?]|$)/gu, '$2')
    .replace(/\\(?=[|*_[\]<>`#])/gu, '')
    .replace(/\s+/gu, ' ')
    .replaceAll(new RegExp(`${HOLD}(\\d+)${HOLD}`, 'gu'), (_, at: string) => spans[Number(at)] ?? '')
    .replace(/^(?:>\s*)?\[![A-Z]+\]\s*/u, '')
    .trim();
}
