import { reads, type Automaton, type Node } from './uri-automaton.js';
import type { UriTemplate } from './uri-template.js';

interface Pair {
  readonly first: number;
  readonly second: number;
  /** What both have read so far. */
  readonly uri: string;
}

/** The shortest URI that both templates cover, or undefined where there is none. */
export function commonUri(first: UriTemplate, second: UriTemplate): string | undefined {
  if (!first.prefix.startsWith(second.prefix) && !second.prefix.startsWith(first.prefix)) return undefined;
  if (!first.suffix.endsWith(second.suffix) && !second.suffix.endsWith(first.suffix)) return undefined;
  const [one, other] = [first.automaton, second.automaton];
  const seen = new Set<number>();
  // Both automata at once, the shortest common texts first.
  const queue: Pair[] = [{ first: one.start, second: other.start, uri: '' }];
  for (const pair of queue) {
    const ends = reachable(one, pair.first).flatMap((a) => reachable(other, pair.second).map((b) => [a, b] as const));
    for (const [a, b] of ends) {
      const [from, to] = [one.nodes[a] as Node, other.nodes[b] as Node];
      if (from.kind === 'end' && to.kind === 'end') {
        // The automata know nothing of decoding or of a variable given twice.
        if (first.match(pair.uri) && second.match(pair.uri)) return pair.uri;
        continue;
      }
      const character = from.kind === 'literal' ? from.character : to.kind === 'literal' ? to.character : 'a';
      if (!reads(from, character) || !reads(to, character) || !('next' in from) || !('next' in to)) continue;
      const key = (from.next as number) * other.nodes.length + (to.next as number);
      if (seen.has(key)) continue;
      seen.add(key);
      queue.push({ first: from.next as number, second: to.next as number, uri: pair.uri + character });
    }
  }
  return undefined;
}

/** The nodes that read a character or end, reachable without reading one. */
function reachable({ nodes }: Automaton, start: number): readonly number[] {
  const found = new Set<number>();
  const visit = (index: number): void => {
    const node = nodes[index];
    if (node?.kind === 'choice') node.next.forEach(visit);
    else if (node?.kind === 'begin') visit(node.next);
    else found.add(index);
  };
  visit(start);
  return [...found];
}
