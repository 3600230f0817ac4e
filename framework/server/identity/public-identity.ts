import { PerduraError } from '../../errors.js';

/** Where the server's source is, as cards and the registry tell it. */
export interface Repository {
  /** For people and for `git clone`. */
  readonly url: string;
  /** The service that hosts it, such as `github`. */
  readonly source: string;
  /** The server's place within it. */
  readonly subfolder?: string;
  /** The service's own id of it. */
  readonly id?: string;
}

const NAME = /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/;
const LONGEST_NAME = 200;
const LONGEST_DESCRIPTION = 100;

/** A name in reverse DNS; throws `INVALID_IDENTITY` for what is none. */
export function checkedName(name: string): string {
  if (NAME.test(name) && name.length <= LONGEST_NAME) return name;
  throw PerduraError.of('INVALID_IDENTITY', 'name', name, 'a name in reverse DNS such as "com.example/weather"');
}

/** The app's name where it is one in reverse DNS already, else what its host and its name come to. */
export function publicName(name: string, { hostname }: URL): string {
  if (NAME.test(name)) return name;
  const host = hostname
    .replace(/[^a-zA-Z0-9.-]/g, '')
    .split('.')
    .reverse()
    .join('.');
  return `${host || 'host'}/${name.replace(/[^\w.-]+/g, '-')}`.slice(0, LONGEST_NAME);
}

/** The description that was given, or the beginning of another. Throws `INVALID_IDENTITY` for one that is too long. */
export function shortDescription(given: string | undefined, otherwise: string): string {
  if (given === undefined) {
    if (otherwise.length <= LONGEST_DESCRIPTION) return otherwise;
    const cut = otherwise.slice(0, LONGEST_DESCRIPTION - 1);
    return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), LONGEST_DESCRIPTION / 2)).trimEnd()}…`;
  }
  if (given.trim() !== '' && given.length <= LONGEST_DESCRIPTION) return given;
  throw PerduraError.of('INVALID_IDENTITY', 'description', given, `a text of 1 to ${LONGEST_DESCRIPTION} characters`);
}
