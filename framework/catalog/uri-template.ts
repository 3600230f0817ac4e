import { automatonOf, reads, type Automaton } from './uri-automaton.js';
import { isUriText, MOST_CHARACTERS, variablesOf, type Operator, type TemplateParts } from './uri-template-syntax.js';

/** The operators whose values may hold a slash: those that stand for more, or other, than one segment of the path. */
const SLASHED: readonly Operator[] = ['+', '#', '?', '&'];

/** A URI template that can be read backwards: from a URI to the variables. */
export interface UriTemplate {
  readonly variables: readonly string[];
  readonly automaton: Automaton;
  /** The text before the first variable. */
  readonly prefix: string;
  /** The text after the last variable. */
  readonly suffix: string;
  /** The variables of a URI that the template covers, decoded; undefined for any other URI. */
  match(uri: string): Readonly<Record<string, string>> | undefined;
}

/** Makes a matcher whose time grows with the length of the URI and never faster. */
export function uriTemplate(parts: TemplateParts): UriTemplate {
  const automaton = automatonOf(parts);
  const textOf = (part: TemplateParts[number] | undefined): string => (typeof part === 'string' ? part : '');
  const [prefix, suffix] = [textOf(parts[0]), textOf(parts.at(-1))];
  const mayHoldSlash = new Set(
    parts.flatMap((part) => (typeof part === 'object' && SLASHED.includes(part.operator) ? part.names : [])),
  );
  return {
    variables: variablesOf(parts),
    automaton,
    prefix,
    suffix,
    match(uri) {
      if (!uri.startsWith(prefix) || uri.length > MOST_CHARACTERS || !isUriText(uri)) return undefined;
      const raw = read(automaton, uri);
      return raw && decoded(raw, mayHoldSlash);
    },
  };
}

/** The raw values of the variables along the first way through the automaton that reads the whole of a URI. */
function read({ nodes, start }: Automaton, uri: string): Map<string, string> | undefined {
  const leads = waysThrough(nodes, uri);
  const values = new Map<string, string>();
  let at = start;
  let position = 0;
  if (leads[position * nodes.length + at] === 0) return undefined;
  for (let node = nodes[at]; node !== undefined && node.kind !== 'end'; node = nodes[at]) {
    if (node.kind === 'choice') {
      at = node.next.find((next) => leads[position * nodes.length + next] === 1) ?? 0;
      continue;
    }
    if (node.kind === 'begin') {
      // `?a=1&a=2`: which of the two is meant would be chance.
      if (values.has(node.variable)) return undefined;
      values.set(node.variable, '');
    } else {
      if (node.kind === 'value') values.set(node.variable, (values.get(node.variable) ?? '') + uri.charAt(position));
      position += 1;
    }
    at = node.next;
  }
  return values;
}

/** For every position of a URI and every node, whether the rest of the URI can be read from there. */
function waysThrough(nodes: Automaton['nodes'], uri: string): Uint8Array {
  const width = nodes.length;
  const leads = new Uint8Array((uri.length + 1) * width);
  for (let position = uri.length; position >= 0; position -= 1) {
    const [here, after] = [position * width, (position + 1) * width];
    for (const [index, node] of nodes.entries()) {
      if (node.kind === 'end') leads[here + index] = position === uri.length ? 1 : 0;
      else if (node.kind === 'choice') leads[here + index] = node.next.some((next) => leads[here + next] === 1) ? 1 : 0;
      else if (node.kind === 'begin') leads[here + index] = leads[here + node.next] ?? 0;
      else if (position < uri.length && reads(node, uri.charAt(position)))
        leads[here + index] = leads[after + node.next] ?? 0;
    }
  }
  return leads;
}

function decoded(
  raw: ReadonlyMap<string, string>,
  mayHoldSlash: ReadonlySet<string>,
): Readonly<Record<string, string>> | undefined {
  const values: Record<string, string> = {};
  for (const [name, text] of raw) {
    try {
      values[name] = decodeURIComponent(text);
    } catch {
      return undefined; // A malformed escape: no URI at all.
    }
    // `%2F` too: a variable that stands for one segment never holds two.
    if (!mayHoldSlash.has(name) && values[name].includes('/')) return undefined;
  }
  return values;
}
