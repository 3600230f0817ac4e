import type { SeenDocument } from './evidence.js';

/** A sentence, table row or line of code, and the lines that it stands on. */
export interface Statement {
  readonly path: string;
  readonly heading: string;
  /** Without Markdown's signs. */
  readonly text: string;
  readonly code: boolean;
  /** What of it stands on each line, character for character. */
  readonly fragments: readonly { readonly line: number; readonly quote: string }[];
}

const MAX_QUOTE = 400;
const NOISE = /^(?:#{1,6}\s|!\[|\[!\[|<|\[[^\]]+\]:|[-=*_~^|:\s]+$)/u;
const FENCE = /^\s*(?:```|~~~)/u;
const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/u;
const LINK_ONLY = /^[\s>*+-]*(?:\d+[.)]\s*)?\[[^\]]*\]\([^)]*\)[.,;]?\s*$/u;

/** Cuts what was seen of a document into statements; headings, badges and tables of contents say nothing and are left out. */
export function statementsOf(document: SeenDocument): Statement[] {
  return regionsOf(document).flatMap((region) => statementsIn(document, region));
}

type Line = { readonly line: number; readonly text: string };

function statementsIn(document: SeenDocument, region: readonly Line[]): Statement[] {
  const statements: Statement[] = [];
  let paragraph: Line[] = [];
  let fence = startsInFence(region);
  const flush = (): void => {
    if (paragraph.length > 0) statements.push(...sentences(document, paragraph));
    paragraph = [];
  };
  for (const { line, text } of region) {
    if (FENCE.test(text)) {
      flush();
      fence = !fence;
    } else if (fence || /^(?: {4}|\t)\s*\S/u.test(text)) {
      flush();
      if (/[\p{L}]{3}/u.test(text)) statements.push(single(document, line, text.trim().slice(0, MAX_QUOTE), true));
    } else if (text.trim() === '' || NOISE.test(text.trim()) || LINK_ONLY.test(text)) flush();
    else if (/^\s*\|.*\|\s*$/u.test(text)) {
      flush();
      statements.push(...row(document, line, text));
    } else {
      if (ITEM.test(text)) flush();
      paragraph.push({ line, text });
    }
  }
  flush();
  return statements;
}

/** The runs of lines that were seen without a gap. */
function regionsOf({ lines }: SeenDocument): Line[][] {
  const regions: Line[][] = [];
  let previous = -1;
  for (const line of [...lines.keys()].sort((a, b) => a - b)) {
    if (line !== previous + 1) regions.push([]);
    regions.at(-1)?.push({ line, text: lines.get(line) ?? '' });
    previous = line;
  }
  return regions;
}

/** Whether a region begins inside a code block: its first fence then names no language and a blank line follows. */
function startsInFence(region: readonly Line[]): boolean {
  const first = region.findIndex(({ text }) => FENCE.test(text));
  if (first < 0 || !/^\s*(?:```|~~~)\s*$/u.test(region[first]?.text ?? '')) return false;
  return (region[first + 1]?.text ?? '').trim() === '';
}

function single(document: SeenDocument, line: number, quote: string, code: boolean): Statement {
  const text = code ? `\`${quote.replaceAll('`', "'")}\`` : plain(quote);
  return { path: document.path, heading: headingOf(document, line), text, code, fragments: [{ line, quote }] };
}

/** The quote of a table's row is its longest cell: the row itself is padded beyond reading. */
function row(document: SeenDocument, line: number, text: string): Statement[] {
  const cells = text
    .split('|')
    .map((cell) => cell.trim())
    .filter(Boolean);
  const longest = cells.reduce((best, cell) => (cell.length > best.length ? cell : best), '');
  if (longest.length < 15) return [];
  return [{ ...single(document, line, longest.slice(0, MAX_QUOTE), false), text: plain(cells.join(': ')) }];
}

function sentences(document: SeenDocument, paragraph: readonly Line[]): Statement[] {
  const statements: Statement[] = [];
  let open: { line: number; quote: string }[] = [];
  const close = (): void => {
    const text = plain(open.map(({ quote }) => quote).join(' '));
    const line = open[0]?.line;
    if (line !== undefined && text.length >= 20) {
      statements.push({ path: document.path, heading: headingOf(document, line), text, code: false, fragments: open });
    }
    open = [];
  };
  for (const { line, text } of paragraph) {
    for (const piece of text
      .replace(/^\s*>\s?/u, '')
      .replace(ITEM, '')
      .split(/(?<=[.!?][)`*_"]*)\s+(?=[\p{Lu}`"(*_[])/u)) {
      const quote = piece.trim().slice(0, MAX_QUOTE);
      if (quote !== '') open.push({ line, quote });
      if (/[.!?:][)`*_"]*$/u.test(piece.trim())) close();
    }
  }
  close();
  return statements;
}

function headingOf({ headings }: SeenDocument, line: number): string {
  // `read` returns bare lines: the nearest heading above that a search has shown holds for them too.
  for (let at = line; at > line - 60; at -= 1) {
    const heading = headings.get(at);
    if (heading !== undefined) return heading;
  }
  return '';
}

function plain(text: string): string {
  return text
    .replace(/!\[[^\]]*\]\([^)]*\)/gu, '')
    .replace(/\[((?:[^\][\\]|\\.)*)\]\([^)\s]*(?:\s"[^"]*")?\)/gu, '$1')
    .replace(/\\?\[\s*(?:more|tutorial|article)?\s*\\?\]/gu, '')
    .replace(/(?<!`)<\/?[a-z][^>`]*>/gu, '')
    .replace(/\*\*|__/gu, '')
    .replace(/(?<=^|[\s(])_([^_]+)_(?=[\s).,;:]|$)/gu, '$1')
    .replace(/\s+/gu, ' ')
    .trim();
}
