/** A run of lines of one document that belong together; lines count from 1, `endLine` is its last. */
export interface Passage {
  readonly line: number;
  readonly endLine: number;
  /** The headings above it, outermost first. */
  readonly heading: string;
}

interface Block {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

// About what fits a screen: small enough to rank well, large enough to be understood on its own.
const MAX_CHARACTERS = 1_200;
const MAX_LINES = 40;

/**
 * Splits a document at its headings, then at blank lines, into passages of up to about 1,200 characters.
 * A fenced block stays whole up to 40 lines. Headings inside fences are text.
 */
export function splitPassages(lines: readonly string[]): Passage[] {
  const passages: Passage[] = [];
  const trail: string[] = [];
  let blocks: Block[] = [];
  let block: { from: number; size: number } | undefined;
  let fence: string | undefined;

  const closeBlock = (to: number): void => {
    if (block !== undefined && block.size > 0) blocks.push({ ...block, to });
    block = undefined;
  };
  const closeSection = (to: number): void => {
    closeBlock(to);
    passages.push(...pack(blocks, trail.filter(Boolean).join(' > ')));
    blocks = [];
  };

  lines.forEach((text, index) => {
    const mark = /^\s{0,3}(```+|~~~+)/u.exec(text)?.[1];
    const fenced = fence !== undefined;
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) === true) fence = undefined;

    const heading = fenced || fence !== undefined ? undefined : headingAt(lines, index);
    if (heading !== undefined) {
      closeSection(index - 1);
      trail.length = heading.level - 1;
      trail[heading.level - 1] = heading.text;
    }
    const full = block !== undefined && (block.size > MAX_CHARACTERS || index - block.from >= MAX_LINES);
    if (full || (!fenced && fence === undefined && text.trim() === '')) closeBlock(index - 1);
    if (text.trim() !== '' || block !== undefined) {
      block ??= { from: index, size: 0 };
      block.size += text.length;
    }
  });
  closeSection(lines.length - 1);
  return passages;
}

/** Joins neighbouring blocks while they fit into one passage. */
function pack(blocks: readonly Block[], heading: string): Passage[] {
  const passages: Passage[] = [];
  let open: { from: number; to: number; size: number } | undefined;
  const flush = (): void => {
    if (open !== undefined) passages.push({ line: open.from + 1, endLine: open.to + 1, heading });
    open = undefined;
  };
  for (const { from, to, size } of blocks) {
    const fits = open !== undefined && open.size + size <= MAX_CHARACTERS && to - open.from < MAX_LINES;
    if (!fits) flush();
    open = open === undefined ? { from, to, size } : { from: open.from, to, size: open.size + size };
  }
  flush();
  return passages;
}

function headingAt(lines: readonly string[], index: number): { level: number; text: string } | undefined {
  const text = lines[index] ?? '';
  const atx = /^ {0,3}(#{1,6})\s+(.+?)\s*#*$/u.exec(text);
  if (atx?.[1] !== undefined && atx[2] !== undefined) return { level: atx[1].length, text: plain(atx[2]) };
  // Setext and reStructuredText: a line of one repeated sign below the title.
  const underline = /^(={3,}|-{3,}|~{3,}|\^{3,})\s*$/u.exec(lines[index + 1] ?? '')?.[1];
  const isTitle = /^[^\s|>*+-].{0,100}$/u.test(text) && (lines[index - 1] ?? '').trim() === '';
  if (underline === undefined || !isTitle || underline.length < text.trim().length / 2) return undefined;
  return { level: '=-~^'.indexOf(underline.charAt(0)) + 1, text: plain(text) };
}

function plain(heading: string): string {
  return heading
    .replace(/<[^>]*>/gu, '')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/gu, '$1')
    .replace(/[*`]/gu, '')
    .trim();
}
