import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { mediaType } from './media-types.js';
import type { SkillFile } from './skill.js';

/** What reading a folder may not go beyond. */
export interface FolderLimits {
  /** Bytes of one file. */
  readonly fileBytes: number;
  /** Bytes of all files. */
  readonly totalBytes: number;
}

/** Deeper than any skill is; what is nested more is a mistake, or meant to harm. */
const MOST_LEVELS = 16;

/** Reads a folder once, whole. Nothing outside of it is read, whatever links and names say. */
export class FolderReader {
  readonly files: SkillFile[] = [];
  #root = '';
  #bytes = 0;

  constructor(
    private readonly limits: FolderLimits,
    private readonly mistake: (sentence: string) => void,
  ) {}

  async read(folder: string): Promise<void> {
    this.#root = await realpath(folder);
    await this.#directory('', [this.#root]);
  }

  /** `trail` has the real paths of the directories on the way, against links that lead in a circle. */
  async #directory(path: string, trail: readonly string[]): Promise<void> {
    const names = await readdir(trail.at(-1) as string);
    // The order of the file system is chance, and that of a locale is another one elsewhere.
    for (const name of names.sort()) {
      // What version control and file managers leave behind.
      if (name.startsWith('.')) continue;
      await this.#entry(path === '' ? name : `${path}/${name}`, join(trail.at(-1) as string, name), trail);
    }
  }

  async #entry(path: string, place: string, trail: readonly string[]): Promise<void> {
    try {
      const real = await realpath(place);
      if (!real.startsWith(this.#root + sep)) {
        return this.mistake(`${path} leads out of the folder of skills. Put the file itself there instead of a link.`);
      }
      const found = await stat(real);
      if (found.isFile()) return await this.#file(path, real);
      if (!found.isDirectory()) return this.mistake(`${path} is neither a file nor a folder. Remove it.`);
      if (trail.includes(real) || trail.length > MOST_LEVELS) {
        return this.mistake(
          `${path} is nested in itself, or over ${MOST_LEVELS} levels deep. Remove the link, or flatten it.`,
        );
      }
      await this.#directory(path, [...trail, real]);
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      this.mistake(`${path} cannot be read (${String(code ?? error)}). Correct its name or its permissions.`);
    }
  }

  async #file(path: string, real: string): Promise<void> {
    // The path was looked at before: nothing that took its place meanwhile is followed.
    const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = await file.stat();
      const { fileBytes, totalBytes } = this.limits;
      if (size > fileBytes) {
        return this.mistake(`${path} has ${size} bytes; the limit is ${fileBytes}. Shorten it, or raise fileBytes.`);
      }
      if ((this.#bytes += size) > totalBytes) {
        return this.mistake(
          `With ${path} the folder has more than ${totalBytes} bytes. Shorten it, or raise totalBytes.`,
        );
      }
      this.files.push(skillFile(path, await file.readFile()));
    } finally {
      await file.close();
    }
  }
}

/** The URI of a path below the folder of skills (SEP-2640, resource mapping). */
export function skillUri(path: string): string {
  return `skill://${path.split('/').map(encodeURIComponent).join('/')}`;
}

function skillFile(path: string, bytes: Buffer): SkillFile {
  const text = unchangedText(bytes);
  return {
    path,
    uri: skillUri(path),
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    bytes,
    ...(text !== undefined && { text }),
    mimeType: mediaType(path, text !== undefined),
  };
}

// Control characters are taken out of every text that a server sends, and the digest would no longer fit.
// eslint-disable-next-line no-control-regex -- they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

function unchangedText(bytes: Buffer): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
