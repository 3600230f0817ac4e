import MiniSearch from 'minisearch';
import { stem, termsOf } from '../words.js';
import { splitPassages } from './passages.js';

/** A passage that a search found. `text` is the lines `line` to `endLine` exactly as they stand in the file. */
export interface Found {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly heading: string;
  readonly text: string;
  readonly score: number;
}

interface Entry {
  readonly id: number;
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly heading: string;
  readonly text: string;
}

// Licences and change logs are long and full of common words; they answer few questions about use.
const ASIDE = /(?:^|\/)(?:licen[cs]e|copying|notice|third-?party|copyright|changelog|history|changes)[^/]*$/iu;

// A longer line is data or minified code; its beginning is enough to find it.
const MAX_LINE = 4_000;

/** A full-text index over documents, split into passages. Their text is kept in memory and never read again. */
export class Library {
  private readonly index = new MiniSearch<Entry>({
    fields: ['path', 'heading', 'text'],
    tokenize: termsOf,
    processTerm: (term) => stem(term),
  });
  private readonly documents = new Map<string, readonly string[]>();
  private readonly passages: Entry[] = [];

  /** Takes a document in. The first text under a path stays: what was cited from it must remain true. */
  add(path: string, text: string): void {
    if (this.documents.has(path)) return;
    const lines = text.split(/\r?\n/u).map((line) => line.slice(0, MAX_LINE));
    this.documents.set(path, lines);
    for (const passage of splitPassages(lines)) {
      const entry: Entry = {
        id: this.passages.length,
        path,
        ...passage,
        text: lines.slice(passage.line - 1, passage.endLine).join('\n'),
      };
      this.passages.push(entry);
      this.index.add(entry);
    }
  }

  /** How many documents and passages there are. */
  get size(): { readonly documents: number; readonly passages: number } {
    return { documents: this.documents.size, passages: this.passages.length };
  }

  /** The passages that match a query best, best first. */
  search(query: string, limit = 8): Found[] {
    const wanted = new Set(termsOf(query).map(stem)).size;
    const hits = this.index.search(query, {
      boost: { path: 2, heading: 2 },
      boostDocument: (id: number) => (ASIDE.test(this.passages[id]?.path ?? '') ? 0.3 : 1),
    });
    return hits
      .map((hit) => ({ id: hit.id as number, score: hit.score * (hit.queryTerms.length / wanted) }))
      .sort((a, b) => b.score - a.score || a.id - b.id)
      .slice(0, limit)
      .flatMap(({ id, score }) => {
        const passage = this.passages[id];
        return passage === undefined ? [] : [found(passage, score)];
      });
  }

  /** Numbered lines of a document, or undefined where the library has no such document. */
  read(path: string, line: number, lines: number): readonly string[] | undefined {
    // A path is a key of the index and never touches the disk: there is nothing to escape to.
    return this.documents.get(path)?.slice(line - 1, line - 1 + lines);
  }
}

function found({ path, line, endLine, heading, text }: Entry, score: number): Found {
  return { path, line, endLine, heading, text, score: Math.round(score * 100) / 100 };
}
