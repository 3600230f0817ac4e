import { frontmatterOf } from './frontmatter.js';
import { type FolderLimits, FolderReader } from './read-folder.js';
import type { Skill, SkillFile } from './skill.js';

/** What every host must be able to load (SEP-2640, limits): a skill beyond it is good for nobody. */
const MOST_FILES = 512;
const MOST_BYTES = 16 * 1024 * 1024;

const MANIFEST = 'SKILL.md';

/** A skill together with its files. */
export interface ReadSkill extends Skill {
  /** The path of its directory below the folder of skills. */
  readonly path: string;
  readonly files: readonly SkillFile[];
}

/** Reads every skill of a folder, in the order of their paths; what is wrong with one is told to `mistake`. */
export async function readSkills(
  folder: string,
  limits: FolderLimits,
  mistake: (sentence: string) => void,
): Promise<readonly ReadSkill[]> {
  const reader = new FolderReader(limits, mistake);
  try {
    await reader.read(folder);
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    mistake(`The folder of skills ${folder} cannot be read (${String(code ?? error)}). Correct the path.`);
  }
  return reader.files
    .filter(({ path }) => path === MANIFEST || path.endsWith(`/${MANIFEST}`))
    .flatMap((manifest) => readSkill(manifest, reader.files, mistake) ?? []);
}

function readSkill(
  manifest: SkillFile,
  all: readonly SkillFile[],
  mistake: (sentence: string) => void,
): ReadSkill | undefined {
  const path = manifest.path.slice(0, -`/${MANIFEST}`.length);
  const wrong = (sentence: string): undefined => void mistake(`${manifest.path} ${sentence}.`);
  if (manifest.path === MANIFEST)
    return wrong('lies in the folder of skills itself. Name the folder around it instead');
  if (manifest.text === undefined)
    return wrong('is not text in UTF-8, or has control characters. Save it as plain text');
  const frontmatter = frontmatterOf(manifest.text, path.slice(path.lastIndexOf('/') + 1));
  if (typeof frontmatter === 'string') return wrong(frontmatter);
  const files = all.filter((file) => file.path.startsWith(`${path}/`));
  const size = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (files.length > MOST_FILES || size > MOST_BYTES) {
    return wrong(
      `belongs to a skill of ${files.length} files and ${size} bytes. Hosts take ${MOST_FILES} and ${MOST_BYTES}: split it`,
    );
  }
  const resources = files.map(({ uri, digest, bytes }) => ({ uri, digest, size: bytes.length }));
  return { uri: manifest.uri, frontmatter, resources, path, files };
}
