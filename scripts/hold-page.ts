import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Holds a page to what it is made from: `make` says what the page should be, given what it is. With `--write` the page is
 * rewritten; without it a difference is told, line by line where `faults` can name them, and ends the script with 1.
 */
export async function holdPage(
  page: string,
  make: (found: string) => string | Promise<string>,
  faults: (found: string, expected: string) => readonly string[] = () => [],
): Promise<void> {
  const path = join(ROOT, page);
  try {
    const found = await readFile(path, 'utf8').catch(() => '');
    const expected = await prettier.format(await make(found), {
      ...(await prettier.resolveConfig(path)),
      parser: 'markdown',
    });
    if (process.argv.includes('--write')) return await writeFile(path, expected);
    if (found === expected) return;
    for (const fault of faults(found, expected)) console.error(fault);
    console.error(`${page} differs from what it is made from. Run "npm run docs:write" and commit the page.`);
    process.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
