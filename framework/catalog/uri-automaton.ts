import type { Expression, TemplateParts } from './uri-template-syntax.js';

/**
 * A step of reading a URI: one character (`next` may lead back), a choice, the begin of a variable's value, or the end.
 * Choices and begins lead to smaller numbers alone, which is what lets one ascending pass settle a position.
 */
export type Node =
  | { readonly kind: 'end' }
  | { readonly kind: 'literal'; readonly character: string; next: number }
  | { readonly kind: 'value'; readonly variable: string; readonly excluded: string; next: number }
  | { readonly kind: 'begin'; readonly variable: string; readonly next: number }
  | { readonly kind: 'choice'; readonly next: readonly number[] };

export interface Automaton {
  readonly nodes: readonly Node[];
  readonly start: number;
}

/** What a value may not contain, so that the next part of the URI can be told from it; `{+a}` and `{#a}` take anything. */
const EXCLUDED = {
  '': '/?#,',
  '.': '/?#,.',
  '/': '/?#,',
  ';': '/?#;',
  '?': '#&',
  '&': '#&',
  '+': '',
  '#': '',
} as const;

/**
 * A template as a non-deterministic automaton, built from its end. Regular expressions of the language would backtrack:
 * templates are where CVE-2026-0621 was.
 */
export function automatonOf(parts: TemplateParts): Automaton {
  const nodes: Node[] = [{ kind: 'end' }];
  const add = (node: Node): number => nodes.push(node) - 1;

  const literal = (text: string, next: number): number =>
    text.split('').reduceRight((after, character) => add({ kind: 'literal', character, next: after }), next);

  const value = (variable: string, operator: Expression['operator'], least: 0 | 1, next: number): number => {
    const character = { kind: 'value' as const, variable, excluded: EXCLUDED[operator], next: -1 };
    const one = add(character);
    // The way out comes first: an earlier variable takes as little as it can.
    const more = add({ kind: 'choice', next: [next, one] });
    character.next = more;
    return add({ kind: 'begin', variable, next: least === 1 ? one : more });
  };

  // `{a,b}`, `{#a,b}`, `{.a,b}`, `{/a,b}`: every value is there, in order.
  const positional = ({ operator, names }: Expression, next: number): number => {
    const prefix = operator === '+' ? '' : operator;
    const separator = operator === '.' || operator === '/' ? operator : ',';
    return names.reduceRight(
      (after, name, index) => literal(index === 0 ? prefix : separator, value(name, operator, 1, after)),
      next,
    );
  };

  // `{?a,b}`, `{&a,b}`, `{;a,b}`: any of them, in any order. Clients do not keep to the template's.
  const named = ({ operator, names }: Expression, next: number): number => {
    const separator = operator === '?' ? '&' : operator;
    const opening = (character: string) => names.map(() => ({ kind: 'literal' as const, character, next: -1 }));
    const [firsts, others] = [opening(operator), opening(separator)];
    const enter = firsts.map(add);
    const again = add({ kind: 'choice', next: [next, ...others.map(add)] });
    for (const [index, name] of names.entries()) {
      const assigned = literal('=', value(name, operator, 0, again));
      // `;a` alone is how RFC 6570 writes an empty value there.
      const bare = operator === ';' ? [add({ kind: 'begin', variable: name, next: again })] : [];
      const body = literal(name, add({ kind: 'choice', next: [assigned, ...bare] }));
      for (const open of [firsts[index], others[index]]) if (open) open.next = body;
    }
    return add({ kind: 'choice', next: [next, ...enter] });
  };

  const start = parts.reduceRight<number>((next, part) => {
    if (typeof part === 'string') return literal(part, next);
    return part.operator === '?' || part.operator === '&' || part.operator === ';'
      ? named(part, next)
      : positional(part, next);
  }, 0);
  return { nodes, start };
}

/** Whether a node reads this character. */
export function reads(node: Node, character: string): boolean {
  return node.kind === 'literal'
    ? node.character === character
    : node.kind === 'value' && !node.excluded.includes(character);
}
