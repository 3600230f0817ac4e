import { plain } from './markdown.js';

/** A line of a document, by its number. */
export interface Line {
  readonly line: number;
  readonly text: string;
}

/** What is said, without Markdown's signs, and what of it stands on each line, character for character. */
export interface Sentence {
  readonly text: string;
  readonly code: boolean;
  readonly fragments: readonly { readonly line: number; readonly quote: string }[];
}

const MAX_QUOTE = 400;
// Less is a crumb of a table or of a list.
const MIN_TEXT = 20;
const MIN_WORDS = 3;
const MIN_CELL = 15;
const LINK_ONLY = /^[\s>*+-]*(?:\d+[.)]\s*)?\[[^\]]*\]\([^)]*\)[.,;]?\s*$/u;
// A sentence does not end with an abbreviation.
const END = /(?<!\b(?:e\.g|i\.e|vs|cf))[.!?][)`*_"]*$/u;
const BETWEEN = /(?<=(?<!\b(?:e\.g|i\.e|vs|cf))[.!?][)`*_"]*)\s+(?=[\p{Lu}`"(*_[])/u;

/** The mark of a list's item. */
export const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/u;

/** The sentences of a paragraph, which may run over its lines; one that is nothing but a link says nothing. */
export function sentencesOf(paragraph: readonly Line[]): Sentence[] {
  if (LINK_ONLY.test(paragraph.map(({ text }) => text.trim()).join(' '))) return [];
  const sentences: Sentence[] = [];
  let open: { line: number; piece: string }[] = [];
  const close = (): void => {
    const text = plain(open.map(({ piece }) => piece).join(' '));
    const fragments = open.map(({ line, piece }) => ({ line, quote: cut(piece) }));
    const isWhole = END.test(text) && text.split(' ').length >= MIN_WORDS;
    if (isWhole || text.length >= MIN_TEXT) sentences.push({ text, code: false, fragments });
    open = [];
  };
  for (const { line, text } of paragraph) {
    const bare = text.replace(/^\s*>\s?/u, '').replace(ITEM, '');
    for (const piece of bare.split(BETWEEN).map((part) => part.trim())) {
      if (piece !== '') open.push({ line, piece });
      if (END.test(piece) || piece.endsWith(':')) close();
    }
  }
  close();
  return sentences;
}

/** A row of a table. The quote is its longest cell: the row itself is padded beyond reading. */
export function rowOf({ line, text }: Line): Sentence[] {
  const cells = text
    .split(/(?<!\\)\|/u)
    .map((cell) => cell.trim())
    .filter(Boolean);
  const longest = cells.reduce((best, cell) => (cell.length > best.length ? cell : best), '');
  if (longest.length < MIN_CELL) return [];
  return [{ text: plain(cells.join(': ')), code: false, fragments: [{ line, quote: cut(longest) }] }];
}

/** A line between fences. The help text of a program stands there too, and is no code. */
export function codeOf({ line, text }: Line): Sentence[] {
  const quote = cut(text.trim());
  if (!/\p{L}{3}/u.test(quote)) return [];
  const isProse = /^\p{Lu}\p{Ll}*(?: [^\s{}=;<>]+){4,}\.$/u.test(quote);
  return [
    { text: isProse ? quote : `\`${quote.replaceAll('`', "'")}\``, code: !isProse, fragments: [{ line, quote }] },
  ];
}

/** The beginning of a long line, up to the end of a word. */
function cut(text: string): string {
  if (text.length <= MAX_QUOTE) return text;
  return text
    .slice(0, MAX_QUOTE)
    .replace(/(?<=\s)\S*$/u, '')
    .trimEnd();
}
