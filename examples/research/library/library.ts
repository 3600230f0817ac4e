import MiniSearch from 'minisearch';
import { stem, termsOf, wordsOf } from '../words.js';
import { type Passage, splitPassages } from './passages.js';
import { INDEXING, SavedIndex } from './saved-index.js';

/** A passage that a search found. `text` is the lines `line` to `endLine` exactly as they stand in the file. */
export interface Found {
  readonly path: string;
  readonly line: number;
  readonly endLine: number;
  readonly heading: string;
  readonly text: string;
  readonly score: number;
}

type Entry = Passage & { readonly path: string };

// Licences and change logs are long and full of common words; they answer few questions about use.
const ASIDE = /(?:^|\/)(?:licen[cs]e|copying|notice|third-?party|copyright|changelog|history|changes)[^/]*$/iu;

// npm puts a version that others disagree with below whoever wants it.
const NESTED = /node_modules\/.*\/node_modules\//u;

// A longer line is data or minified code; its beginning is enough to find it.
const MAX_LINE = 4_000;

/** A full-text index over documents, split into passages. Their text is kept in memory and never read again. */
export class Library {
  private readonly index = new MiniSearch<Entry & { readonly id: number; readonly text: string }>(INDEXING);
  private saved: SavedIndex | undefined;
  private readonly documents = new Map<string, readonly string[]>();
  private readonly passages: Entry[] = [];

  /** The library that {@link save} wrote; it takes no more documents in. */
  static load(text: string): Library {
    const [documents = '', passages = '', ...index] = text.split('\n');
    const library = new Library();
    library.saved = new SavedIndex(index);
    for (const [path, lines] of JSON.parse(documents) as [string, string[]][]) library.documents.set(path, lines);
    library.passages.push(...(JSON.parse(passages) as Entry[]));
    return library;
  }

  /** Everything in it as text, for processes that shall not have to index the same documents again. */
  save(): string {
    const index = SavedIndex.linesOf(this.index);
    return [JSON.stringify([...this.documents]), JSON.stringify(this.passages), ...index].join('\n');
  }

  /** Takes a document in. The first text under a path stays: what was cited from it must remain true. */
  add(path: string, text: string): void {
    if (this.documents.has(path)) return;
    const lines = text.split(/\r?\n/u).map((line) => line.slice(0, MAX_LINE));
    this.documents.set(path, lines);
    for (const passage of splitPassages(lines)) {
      const entry = { path, ...passage };
      this.index.add({ id: this.passages.length, ...entry, text: this.textOf(entry) });
      this.passages.push(entry);
    }
  }

  /** How many documents and passages there are. */
  get size(): { readonly documents: number; readonly passages: number } {
    return { documents: this.documents.size, passages: this.passages.length };
  }

  /** The passages that match a query best, best first. */
  search(query: string, limit = 8): Found[] {
    const wanted = new Set(termsOf(query).map(stem)).size;
    const named = namedLike(query);
    const hits = (this.saved ?? this.index).search(query, {
      boost: { path: 2, heading: 2 },
      boostDocument: (id: number) => standing(this.passages[id]?.path ?? '', named),
    });
    return hits
      .map((hit) => ({ id: hit.id as number, score: hit.score * (hit.queryTerms.length / wanted) }))
      .sort((a, b) => b.score - a.score || a.id - b.id)
      .slice(0, limit)
      .flatMap(({ id, score }) => {
        const passage = this.passages[id];
        if (passage === undefined) return [];
        return [{ ...passage, text: this.textOf(passage), score: Math.round(score * 100) / 100 }];
      });
  }

  /** Numbered lines of a document, or undefined where the library has no such document. */
  read(path: string, line: number, lines: number): readonly string[] | undefined {
    // A path is a key of the index and never touches the disk: there is nothing to escape to.
    return this.documents.get(path)?.slice(line - 1, line - 1 + lines);
  }

  private textOf({ path, line, endLine }: Entry): string {
    return (this.documents.get(path) ?? []).slice(line - 1, endLine).join('\n');
  }
}

/** Matches the paths that have a folder or a file which is named like a word of the query. */
function namedLike(query: string): RegExp {
  const names = wordsOf(query).map((word) => word.replaceAll('.', '\\.'));
  return new RegExp(`(?:^|/)(?:${names.join('|')})(?:/|\\.[^./]+$)`, 'iu');
}

/** What a document counts for, beside what it says: one in `zod/` is the first to ask for what has `zod` in it. */
function standing(path: string, named: RegExp): number {
  return (ASIDE.test(path) ? 0.3 : 1) * (NESTED.test(path) ? 0.6 : 1) * (named.test(path) ? 2 : 1);
}
