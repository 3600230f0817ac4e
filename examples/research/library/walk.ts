import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

const DOCUMENT = /\.(?:md|mdx|markdown|txt|rst)$/iu;
const MAX_BYTES = 1024 * 1024;
const MAX_FILES = 20_000;

/** A document's file: where it is, and its path below the folder with `/` as the separator. */
export interface FoundFile {
  readonly file: string;
  readonly path: string;
}

/**
 * Finds the documents below a folder, in a stable order. Symbolic links are followed, but never out of the folder
 * and never in a circle; hidden folders, files over 1 MiB and what cannot be read are passed over.
 */
export async function* walk(folder: string): AsyncGenerator<FoundFile> {
  const root = await realpath(folder);
  const visited = new Set<string>();
  let found = 0;

  async function* enter(directory: string, path: string): AsyncGenerator<FoundFile> {
    if (visited.has(directory)) return;
    visited.add(directory);
    for (const entry of await list(directory)) {
      if (entry.name.startsWith('.') || found >= MAX_FILES) continue;
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      const real = entry.isSymbolicLink()
        ? await inside(root, join(directory, entry.name))
        : join(directory, entry.name);
      if (real === undefined) continue;
      const kind = entry.isSymbolicLink() ? await stat(real) : entry;
      if (kind.isDirectory()) yield* enter(real, below);
      else if (kind.isFile() && DOCUMENT.test(entry.name) && (await stat(real)).size <= MAX_BYTES) {
        found += 1;
        yield { file: real, path: below };
      }
    }
  }

  yield* enter(root, '');
}

async function list(directory: string) {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  // Code-unit order, not locale order: the same library gives the same index on every machine.
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function inside(root: string, link: string): Promise<string | undefined> {
  const target = await realpath(link).catch(() => undefined);
  return target === root || target?.startsWith(root + sep) === true ? target : undefined;
}
