import { PerduraError } from '../../errors.js';
import { isLoopback } from '../host-names.js';
import type { PageOptions } from './app-pages.js';

/** What is wrong with the options, for the start to tell. */
export function wrongPages({ classes = [], publicUrl }: Partial<PageOptions> = {}): PerduraError[] {
  const names = classes.map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const url = publicUrl === undefined || isSafe(publicUrl) ? [] : [publicUrl];
  return [
    ...[...twice].map((name) => PerduraError.of('DUPLICATE_PAGE', name)),
    ...url.map((given) =>
      PerduraError.of(
        'INVALID_HTTP_OPTION',
        'pages.publicUrl',
        given,
        "an https URL such as 'https://mcp.example.com'",
      ),
    ),
  ];
}

/** `client/elicitation`, safe URL handling: HTTPS, unless the user's browser is on this machine. */
function isSafe(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}
