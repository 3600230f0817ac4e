import { html, type Html } from './html.js';

/** Where a page stands. */
export interface Place {
  /** The path of the dashboard. */
  readonly base: string;
  /** The server's name and version. */
  readonly server: string;
  readonly version: string;
  /** What of its pages it is; absent for one of a task. */
  readonly page?: 'tasks' | 'catalog';
  readonly title: string;
}

/** A whole page; what is in `main` is fetched again and again while somebody looks at it, unless `isFinal`. */
export function layout({ base, server, version, page, title }: Place, head: Html, main: Html, isFinal = false): string {
  const link = (href: string, name: 'tasks' | 'catalog', word: string): Html =>
    html`<a href="${base}${href}" ${name === page && html`aria-current="page"`}>${word}</a>`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${server}</title>
        <link rel="icon" href="${base}/icon.svg" />
        <link rel="stylesheet" href="${base}/style.css" />
        <script src="${base}/script.js" defer></script>
      </head>
      <body>
        <header>
          <strong>${server}</strong> <small>${version}</small>
          <nav aria-label="Pages">${link('', 'tasks', 'Tasks')} ${link('/catalog', 'catalog', 'Catalog')}</nav>
          ${!isFinal && html`<button id="live" type="button" aria-pressed="true" hidden>Live</button>`}
        </header>
        ${head}
        <main ${isFinal && html`data-final`}>${main}</main>
      </body>
    </html>`.text;
}
