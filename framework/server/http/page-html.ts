/** The headers of every page: it is not kept, not framed, loads nothing, and tells no other site its address. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Not `no-referrer`: under that, browsers send forms with `Origin: null`, and it could not be told whose form it was.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${String(character.charCodeAt(0))};`);

const document = (body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<style>body{font:1rem/1.5 system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem}</style>${body}</html>`;

/** A page with one sentence. */
export const notice = (sentence: string): string => document(`<p>${escape(sentence)}</p>`);

/** Who asks for what, and a button: until it is pressed, nothing has begun, so what only looks at the address begins nothing. */
export function welcome(server: string, message: string, client: string | undefined): string {
  const by = client === undefined ? '' : ` through “${client}”`;
  return document(
    `<h1>${escape(server)}</h1><p>${escape(message)}</p>` +
      `<p>Go on only if you yourself asked for this just now${escape(by)}.</p>` +
      `<form method="post"><button name="perdura-open" value="1">Continue</button></form>`,
  );
}
