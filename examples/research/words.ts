/**
 * Words of a text as full-text search sees them: lower case, split at camelCase and punctuation, lightly stemmed.
 * The index and the queries go through the same functions, so a stem only has to be consistent, not a real word.
 */

// Kebab-case, dotted and underscored names stay together: `fast-check`, `redis.quit`, `max_retries`.
const WORD = /[\p{L}\p{N}]+(?:[-_.'’][\p{L}\p{N}]+)*/gu;
const HUMP = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/** The words of a text as they are written. */
export function wordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** The search terms of a text, unstemmed: each word, and the parts of a compound word after it. */
export function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const word of wordsOf(text)) {
    terms.push(word);
    const parts = word.split(/[-_.'’]/u).flatMap((part) => part.split(HUMP));
    if (parts.length > 1) terms.push(...parts.filter((part) => part.length > 1));
  }
  return terms;
}

/** Forms that no rule makes: each with the word that it is a form of. */
const IRREGULAR = new Map(
  (
    'began:begin begun:begin broke:break broken:break built:build caught:catch chosen:choose found:find held:hold kept:keep ' +
    'lost:lose ran:run sent:send thrown:throw threw:throw written:write wrote:write children:child indices:index'
  )
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

const known = new Map<string, string>();

/** The stem that all forms of a word share: `retries`, `retried` and `retrying` meet at `retri`. */
export function stem(word: string): string {
  const cached = known.get(word);
  if (cached !== undefined) return cached;
  const lower = word.toLowerCase();
  const result = cut(IRREGULAR.get(lower) ?? lower);
  // Bounded: a library of generated text must not grow the process without end.
  if (known.size > 200_000) known.clear();
  known.set(word, result);
  return result;
}

/** The stems of a text, compound parts included. */
export function stemsOf(text: string): string[] {
  return termsOf(text).map(stem);
}

function cut(word: string): string {
  if (word.length < 4 || !/^\p{L}+$/u.test(word)) return word;
  return ending(suffix(plural(word)));
}

function plural(word: string): string {
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:s|x|z|ch|sh)es$/u.test(word)) return word.slice(0, -2);
  return word.endsWith('s') && !/(?:ss|us|is)$/u.test(word) ? word.slice(0, -1) : word;
}

function suffix(word: string): string {
  const root = /^(.{3,}?)(?:ing|ed)$/u.exec(word)?.[1];
  // A root needs a vowel: `string` and `spring` keep their tails.
  if (root !== undefined && /[aeiouy]/u.test(root)) return root.replace(/([^aeiouylsz])\1$/u, '$1');
  if (/.{3}[st]ion$/u.test(word)) return word.slice(0, -3);
  if (/.{3}ator$/u.test(word)) return word.slice(0, -2);
  return word;
}

function ending(word: string): string {
  if (word.length > 3 && word.endsWith('e')) return word.slice(0, -1);
  return word.length > 3 && word.endsWith('y') ? `${word.slice(0, -1)}i` : word;
}
