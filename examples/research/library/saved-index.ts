import MiniSearch, { type SearchOptions, type SearchResult } from 'minisearch';
import { stem, termsOf } from '../words.js';

/** How text becomes terms, for documents and queries alike. */
export const INDEXING = {
  fields: ['path', 'heading', 'text'],
  tokenize: termsOf,
  processTerm: (term: string) => stem(term),
};

/**
 * A MiniSearch index as lines of text: what it knows of all documents, then a line for each term. Opening it takes a moment,
 * where loading the whole index takes a second: a query needs the lines of its own terms only, and ranks as in the whole.
 */
export class SavedIndex {
  private readonly terms = new Map<string, string>();
  private readonly head: string;

  constructor(lines: readonly string[]) {
    // Without the brace that closes it: the terms of a query are added at its end.
    this.head = (lines[0] ?? '').slice(0, -1);
    for (const line of lines.slice(1)) this.terms.set(line.slice(0, line.indexOf('\t')), line);
  }

  /** The lines of an index; none of them has a line break in it. */
  static linesOf(index: MiniSearch): string[] {
    const { index: terms, ...rest } = index.toJSON();
    return [JSON.stringify(rest), ...terms.map(([term, postings]) => `${term}\t${JSON.stringify([term, postings])}`)];
  }

  search(query: string, options: SearchOptions): SearchResult[] {
    const wanted = [...new Set(termsOf(query).map(stem))].flatMap((term) => this.terms.get(term) ?? []);
    const postings = wanted.map((line) => line.slice(line.indexOf('\t') + 1));
    return MiniSearch.loadJSON(`${this.head},"index":[${postings.join(',')}]}`, INDEXING).search(query, options);
  }
}
