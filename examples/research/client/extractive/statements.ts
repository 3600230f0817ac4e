import type { SeenDocument } from './evidence.js';
import { plain } from './markdown.js';
import { codeOf, ITEM, type Line, rowOf, type Sentence, sentencesOf } from './sentences.js';

/** A sentence, table row or line of code, and where it stands. */
export interface Statement extends Sentence {
  readonly path: string;
  readonly heading: string;
  /** How many statements stand between it and the heading above it; Infinity where that was not seen. */
  readonly below: number;
}

const NOISE = /^(?:#{1,6}\s|!\[|\[!\[|>?\s*\[![A-Z]+\]$|\[[^\]]+\]:|[-=*_~^|:\s]+$)/u;
const HEADING = /^ {0,3}#{1,6}\s+(.+?)\s*#*$/u;
const FENCE = /^[\s>]*(?:```|~~~)/u;
const ROW = /^\s*\|.*\|\s*$/u;

/** Cuts what was seen of a document into statements; headings, badges and tables of contents say nothing and are left out. */
export function statementsOf(document: SeenDocument): Statement[] {
  return regionsOf(document).flatMap((region) => statementsIn(document, region));
}

function statementsIn(document: SeenDocument, region: readonly Line[]): Statement[] {
  const statements: Statement[] = [];
  let paragraph: Line[] = [];
  let fence = startsInFence(region);
  let inList = false;
  let below = region[0]?.line === 1 ? 0 : Infinity;
  const add = (sentences: readonly Sentence[]): void => {
    for (const sentence of sentences) {
      const heading = headingOf(document, sentence.fragments[0]?.line ?? 0);
      statements.push({ ...sentence, path: document.path, heading, below: below++ });
    }
  };
  const flush = (): void => {
    add(sentencesOf(paragraph));
    paragraph = [];
  };
  for (const each of region) {
    const { text } = each;
    const isItem = ITEM.test(text);
    // Indentation is code only where nothing that it could belong to goes before it.
    const isIndented = !isItem && paragraph.length === 0 && (inList ? /^(?: {8}|\t\t)/u : /^(?: {4}|\t)/u).test(text);
    if (FENCE.test(text)) {
      flush();
      fence = !fence;
    } else if (text.trim() === '') flush();
    else if (fence || isIndented) add(codeOf(each));
    else if (NOISE.test(text.trim()) || isMarkup(text)) {
      flush();
      if (HEADING.test(text)) below = 0;
    } else if (ROW.test(text)) {
      flush();
      add(rowOf(each));
    } else {
      if (isItem) flush();
      inList = isItem || (inList && (paragraph.length > 0 || /^\s/u.test(text)));
      paragraph.push(each);
    }
  }
  flush();
  return statements;
}

/** Whether a line is HTML that lays out the page, with next to nothing to read in it. */
function isMarkup(text: string): boolean {
  return /^\s*</u.test(text) && plain(text).split(' ').length < 5;
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

function headingOf({ headings, lines }: SeenDocument, line: number): string {
  // `read` returns bare lines: what a search has shown above them holds for them too, up to the next heading.
  let last: string | undefined;
  for (let at = line; at > line - 60; at -= 1) {
    const heading = headings.get(at);
    if (heading !== undefined) return last === undefined ? heading : `${heading} > ${last}`;
    last ??= HEADING.exec(lines.get(at) ?? '')?.[1];
  }
  return last ?? '';
}
