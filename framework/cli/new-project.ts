import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { PerduraError } from '../errors.js';
import { ownSource } from './own-source.js';

/** The project that is copied, in the package's own folder; its name stands wherever the new one's is to be. */
const TEMPLATE = 'examples/starter';
const TEMPLATE_NAME = 'starter';

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * Writes a small server into `folder`, which is new or empty, and resolves with its name. What it depends on has the versions that
 * the package in `root` is made and tested with.
 *
 * @throws PerduraError `ILLEGAL_PROJECT_NAME`, `PROJECT_FOLDER_TAKEN`
 */
export async function newProject(folder: string, root: string): Promise<string> {
  const template = join(root, TEMPLATE);
  const manifest = await readManifest(template);
  const name = basename(resolve(folder));
  const packages = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  // npm installs no package beneath one of the same name.
  if (!/^[a-z0-9][a-z0-9._-]{0,127}$/.test(name) || name === 'node_modules' || packages.includes(name)) {
    throw PerduraError.of('ILLEGAL_PROJECT_NAME', name);
  }
  await checkFree(folder);

  const versions = await versionsOf(root);
  for (const path of await filesOf(template)) {
    const target = join(folder, path === 'gitignore' ? '.gitignore' : path);
    const text = (await readFile(join(template, path), 'utf8')).replaceAll(TEMPLATE_NAME, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, path === 'package.json' ? withVersions(text, versions) : text, { flag: 'wx' });
  }
  return name;
}

async function checkFree(folder: string): Promise<void> {
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw PerduraError.of('PROJECT_FOLDER_TAKEN', folder, 'is a file');
    throw error;
  });
  const [first, ...others] = found.filter((name) => name !== '.git').sort();
  if (first === undefined) return;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  throw PerduraError.of('PROJECT_FOLDER_TAKEN', folder, `holds ${first}${more}`);
}

/** By their paths in the folder. Its `gitignore` has no dot there: npm publishes no `.gitignore`, and heeds it. */
async function filesOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** By package: what this one is made with, or what is compatible with that. */
async function versionsOf(root: string): Promise<ReadonlyMap<string, string>> {
  const { version, dependencies, devDependencies } = await readManifest(root);
  const needed = Object.entries({ ...devDependencies, ...dependencies });
  return new Map([
    ...needed.map(([name, exact]) => [name, `^${exact}`] as const),
    ['perdura', await ownSource(root, version)],
  ]);
}

/** The manifest with a version for each `"*"` of the template's. */
function withVersions(text: string, versions: ReadonlyMap<string, string>): string {
  return text.replace(/"([^"]+)": "\*"/g, (_, name: string) => {
    const version = versions.get(name);
    if (version === undefined)
      throw new Error(`No version of ${name} is known. Add it to the dependencies of perdura.`);
    return `${JSON.stringify(name)}: ${JSON.stringify(version)}`;
  });
}
