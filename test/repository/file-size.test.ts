import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const LIMIT = 300;
/** Of the patterns of agents: each is to be taken in at a glance. */
const PATTERN_LIMIT = 50;

async function sourcesIn(folder: string): Promise<string[]> {
  // A clone has no empty folders, and there may be no plugin yet.
  if (!existsSync(join(ROOT, folder))) return [];
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

it.each([
  [['framework', 'plugins', 'examples'], LIMIT],
  [['examples/patterns'], PATTERN_LIMIT],
])('keeps every source file of %p within %p lines', async (folders, limit) => {
  const sources = (await Promise.all(folders.map(sourcesIn))).flat();
  expect(sources.length).toBeGreaterThan(0);
  const long: string[] = [];
  for (const path of sources) {
    const lines = (await readFile(path, 'utf8')).replace(/\n$/, '').split('\n').length;
    if (lines > limit) long.push(`${relative(ROOT, path)}: ${lines}`);
  }
  expect(long).toEqual([]);
});
