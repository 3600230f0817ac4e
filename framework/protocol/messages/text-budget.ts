const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/**
 * Whether JSON text has so many values or levels that it need not be parsed: a quarter of a million keys keep the parser, and
 * whoever walks what it made, busy for most of a second, and this scan for a few milliseconds. It counts too few rather than
 * too many, so that what passes must still be counted, and says nothing of whether the text is JSON.
 */
export function isTextOverBudget(
  text: string,
  { depth, nodes }: { readonly depth: number; readonly nodes: number },
): boolean {
  // Most messages are too short for it, and cheap to walk.
  if (text.length <= nodes) return false;
  let level = 0;
  let commas = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      at = endOfString(text, at);
      if (at < 0) return false;
    } else if (char === COMMA) {
      if (++commas > nodes) return true;
    } else if (char === 123 /* { */ || char === 91 /* [ */) {
      if (++level > depth) return true;
    } else if (char === 125 /* } */ || char === 93 /* ] */) level--;
  }
  return false;
}

/** The place of the quote that ends the string that begins at `start`; -1 where none does. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return -1;
}
