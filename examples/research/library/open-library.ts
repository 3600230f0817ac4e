import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import { Library } from './library.js';
import { type FoundFile, walk } from './walk.js';

/** Which folder to index. */
export interface LibraryOptions {
  readonly folder: string;
  /** Put before every path, such as `node_modules/`, so that citations open from where the reader stands. */
  readonly prefix?: string;
  /** Called now and then with the number of documents indexed so far, and at the end. */
  readonly onProgress?: (documents: number) => void;
}

/** Opens the library that an earlier process left in a file; where there is none yet, indexes the folder and leaves it there. */
export async function openSavedLibrary(file: string, options: LibraryOptions): Promise<Library> {
  const saved = await readFile(file, 'utf8').catch(() => undefined);
  if (saved !== undefined) return Library.load(saved);
  const library = await openLibrary(options);
  // Under another name first: whoever looks meanwhile must not find half of it.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, library.save());
  await rename(draft, file);
  return library;
}

/** Reads and indexes the documents below a folder; equal ones are taken once, under the shortest path. */
export async function openLibrary({ folder, prefix = '', onProgress }: LibraryOptions): Promise<Library> {
  const library = new Library();
  const seen = new Set<string>();
  for (const { file, path } of await filesIn(folder)) {
    const text = await readText(file);
    if (text === undefined) continue;
    const digest = createHash('sha256').update(text).digest('base64');
    if (seen.has(digest)) continue;
    seen.add(digest);
    library.add(prefix + path, text);
    if (seen.size % 100 === 0) onProgress?.(seen.size);
    // Indexing keeps the processor busy: whoever else lives in this process gets a turn after each document.
    await breathe();
  }
  onProgress?.(seen.size);
  return library;
}

async function filesIn(folder: string): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for await (const file of walk(folder)) files.push(file);
  const depth = ({ path }: FoundFile): number => path.split('/').length;
  return files.sort((a, b) => depth(a) - depth(b));
}

/** The text of a file, or undefined for one that is binary (it has a zero byte) or cannot be read. */
async function readText(file: string): Promise<string | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes === undefined || bytes.includes(0) ? undefined : new TextDecoder().decode(bytes);
}
