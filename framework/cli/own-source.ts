import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

interface InstalledTree {
  readonly packages?: Readonly<Record<string, { readonly resolved?: string } | undefined>>;
}

/**
 * From where a project installs the package that lies in `root`: as `^version` from a registry; where npm took it from a tarball of
 * this machine, such as one that is not published yet, from the same one.
 */
export async function ownSource(root: string, version: string): Promise<string> {
  const modules = dirname(root);
  // npm notes there what it has installed from where; other package managers do not.
  const note = await readFile(join(modules, '.package-lock.json'), 'utf8').catch(() => '{}');
  const { resolved = '' } = (JSON.parse(note) as InstalledTree).packages?.['node_modules/perdura'] ?? {};
  return resolved.startsWith('file:') ? `file:${resolve(dirname(modules), resolved.slice(5))}` : `^${version}`;
}
