// Control characters that no text needs: terminals and models act on them (tools.mdx: servers MUST sanitise outputs).
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
// The same once JSON has escaped them; JSON leaves those above U+007E as they are.

const ESCAPED = /\\u00(?:0[0-8bcef]|1)|\\[bf]|[\u007f-\u009f]/i;

/** The text without control characters; tabs and line ends stay. */
export function sanitiseText(text: string): string {
  return text.replace(CONTROL, '');
}

/** JSON text without control characters in any of its strings and keys; the same text where there are none. */
export function sanitiseJson(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(clean(JSON.parse(text))) : text;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return sanitiseText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(clean);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [sanitiseText(key), clean(item)]));
}
