import { skillUri } from './read-folder.js';
import type { ReadSkill } from './read-skills.js';
import type { SkillFile } from './skill.js';

/** A child of a directory, as `resources/list` would show it. */
export interface Child {
  readonly uri: string;
  readonly name: string;
  readonly description?: string;
  readonly mimeType: string;
  readonly size?: number;
}

/** The direct children of every directory that skills are served from, by its URI (SEP-2640, directory resources). */
export function directoriesOf(skills: readonly ReadSkill[]): ReadonlyMap<string, readonly Child[]> {
  const directories = new Map<string, Map<string, Child>>();
  const manifests = new Map(skills.map((skill) => [skill.uri, skill]));
  const put = (path: string, child: Child): void => {
    const end = path.lastIndexOf('/');
    if (end < 0) return;
    const parent = path.slice(0, end);
    const uri = skillUri(parent);
    const isNew = !directories.has(uri);
    const children = directories.get(uri) ?? new Map<string, Child>();
    children.set(child.uri, child);
    directories.set(uri, children);
    if (isNew) put(parent, { uri, name: nameIn(parent), mimeType: 'inode/directory' });
  };
  for (const { files } of skills) for (const file of files) put(file.path, childOf(file, manifests.get(file.uri)));
  return new Map([...directories].map(([uri, children]) => [uri, [...children.values()]]));
}

function childOf({ path, uri, mimeType, bytes }: SkillFile, skill: ReadSkill | undefined): Child {
  const about = skill
    ? { name: skill.frontmatter.name, description: skill.frontmatter.description }
    : { name: nameIn(path) };
  return { uri, ...about, mimeType, size: bytes.length };
}

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
