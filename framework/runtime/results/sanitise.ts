// Control characters that no text needs: terminals and models act on them (tools.mdx: servers MUST sanitise outputs).
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
// Halves of a character, as where a text was cut in the middle: many parsers refuse a message with one in it as a whole (RFC 8259, 8.2).
const HALF = /\p{Surrogate}/gu;
// The same once JSON has escaped them; JSON leaves those from U+007F to U+009F as they are.
const ESCAPED = /\\u(?:00(?:0[0-8bcef]|1)|d[89a-f])|\\[bf]|[\u007f-\u009f]/i;

/** The text without control characters, halves of characters replaced by U+FFFD; tabs and line ends stay. */
export function sanitiseText(text: string): string {
  return text.replace(CONTROL, '').replace(HALF, '\ufffd');
}

/** JSON text with every string and key of it sanitised; the same text where there is nothing to do. */
export function sanitiseJson(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(clean(JSON.parse(text))) : text;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return sanitiseText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [sanitiseText(key), clean(item)]));
}
