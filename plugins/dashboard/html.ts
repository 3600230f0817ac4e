/** Text that is markup already; {@link html} alone makes it. */
export class Html {
  constructor(readonly text: string) {}
}

export type Value = string | number | undefined | false | Html | readonly Value[];

/** Markup without its indentation, with everything that is put into it escaped unless it is markup itself. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.reduce((text, part, at) => text + textOf(values[at - 1]) + part.replace(/\n\s+/g, '\n'), ''));

function textOf(value: Value): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(textOf).join('');
  // Numbers too: `x="${NaN}"` is harmless, and nothing else may depend on it.
  return String(value).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
