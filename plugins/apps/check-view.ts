import type { View } from './view.js';

// Hosts put these into a header: nothing may end a source or a directive.
const ORIGIN = /^(https?|wss?):\/\/(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/i;
const DOCUMENT = /^\uFEFF?\s*(<!--[\s\S]*?-->\s*)*<!doctype html/i;

/** What is wrong with a view and its page, in sentences that end with the fix. */
export function wrongWith({ uri, name, csp = {} }: View, html: string): readonly string[] {
  const wrong: string[] = [];
  if (!uri.startsWith('ui://')) wrong.push(`The view "${name}" has the URI "${uri}". Let it begin with "ui://".`);
  if (!DOCUMENT.test(html)) wrong.push(`The view "${name}" is no HTML5 document. Begin it with "<!doctype html>".`);
  for (const [list, origins] of Object.entries(csp) as [string, readonly string[]][]) {
    for (const origin of origins.filter((one) => !ORIGIN.test(one))) {
      wrong.push(
        `The view "${name}" lists "${origin}" in ${list}. Write an origin: "https://cdn.example.com" or "https://*.example.com".`,
      );
    }
  }
  return wrong;
}
