import { stemsOf } from '../../words.js';
import { isObject } from './conversation.js';

/** One document as far as the tools have shown it: lines by number, and the heading above each. */
export interface SeenDocument {
  readonly path: string;
  readonly lines: Map<number, string>;
  readonly headings: Map<number, string>;
}

/** A passage that a search returned. */
export interface SeenPassage {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly heading: string;
  readonly text: string;
}

/** All that the tools returned in this conversation. */
export interface Evidence {
  readonly passages: readonly SeenPassage[];
  readonly documents: ReadonlyMap<string, SeenDocument>;
}

/** Gathers the results of `search` (passages) and `read` (numbered lines) by document. */
export function gather(results: readonly Record<string, unknown>[]): Evidence {
  const passages = new Map<string, SeenPassage>();
  const documents = new Map<string, SeenDocument>();
  const documentAt = (path: string): SeenDocument => {
    const document = documents.get(path) ?? { path, lines: new Map(), headings: new Map() };
    documents.set(path, document);
    return document;
  };
  for (const result of results) {
    for (const passage of passagesIn(result)) {
      passages.set(`${passage.path}:${passage.line}`, passage);
      const document = documentAt(passage.path);
      passage.text.split('\n').forEach((text, index) => {
        document.lines.set(passage.line + index, text);
        document.headings.set(passage.line + index, passage.heading);
      });
    }
    for (const { path, line, text } of linesIn(result)) documentAt(path).lines.set(line, text);
  }
  return { passages: [...passages.values()], documents };
}

/** How telling a stem is among the passages seen: rare is more. Between 0.3 and 2; never seen counts as rarest. */
export function weigher(passages: readonly SeenPassage[]): (stem: string) => number {
  const counts = new Map<string, number>();
  for (const { text, heading } of passages) {
    for (const stem of new Set(stemsOf(`${heading} ${text}`))) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  const most = Math.log(1 + passages.length);
  return (stem) => 0.3 + 1.7 * (Math.log((1 + passages.length) / (1 + (counts.get(stem) ?? 0))) / (most || 1));
}

function passagesIn(result: Record<string, unknown>): SeenPassage[] {
  if (!Array.isArray(result.passages)) return [];
  return result.passages
    .filter(isObject)
    .flatMap(({ path, line, endLine, heading, text }) =>
      typeof path === 'string' && typeof line === 'number' && typeof text === 'string'
        ? [{ path, line, endLine: Number(endLine ?? line), heading: typeof heading === 'string' ? heading : '', text }]
        : [],
    );
}

function linesIn(result: Record<string, unknown>): { path: string; line: number; text: string }[] {
  const { path, lines } = result;
  if (typeof path !== 'string' || !Array.isArray(lines)) return [];
  return lines.flatMap((numbered: unknown) => {
    const match = typeof numbered === 'string' ? /^(\d+)\| ?(.*)$/su.exec(numbered) : null;
    return match?.[1] === undefined ? [] : [{ path, line: Number(match[1]), text: match[2] ?? '' }];
  });
}
