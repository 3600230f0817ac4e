import { type CallContext, type Class, Resource } from 'perdura';
import type { ReadSkill } from './read-skills.js';
import type { SkillFile } from './skill.js';

/** What a server that holds its files says about how long they may be kept. */
export const FIXED = { ttlMs: 300_000, cacheScope: 'public' } as const;

/** The members that say so where the revision has them. */
export const fixedOn = (revision: CallContext['revision']): Partial<typeof FIXED> =>
  revision === '2025-11-25' ? {} : FIXED;

/** A listed resource for each SKILL.md, and one template for all files. */
export function skillResources(skills: readonly ReadSkill[]): readonly Class[] {
  const files = new Map(skills.flatMap((skill) => skill.files).map((file) => [file.path, file]));
  const taken = new Set<string>();
  const manifests = skills.map((skill) => {
    const { name } = skill.frontmatter;
    // Names may repeat in a listing of skills, but not in a server's resources: then the path tells them apart.
    const unique = taken.has(name) ? skill.path.replace(/[^\w.-]/g, '.') : name;
    taken.add(unique);
    return manifestResource(skill, unique, files.get(`${skill.path}/SKILL.md`) as SkillFile);
  });
  return [...manifests, fileTemplate(files)];
}

function manifestResource({ frontmatter, uri }: ReadSkill, name: string, file: SkillFile): Class {
  class SkillManifest {
    read(_variables: object, { revision }: CallContext): object {
      return contentsOf(file, revision);
    }
  }
  Resource({
    name,
    uri,
    description: frontmatter.description,
    mimeType: file.mimeType,
    size: file.bytes.length,
  })(SkillManifest);
  return SkillManifest;
}

function fileTemplate(files: ReadonlyMap<string, SkillFile>): Class {
  const paths = [...files.keys()];

  @Resource({
    name: 'skill-file',
    uriTemplate: 'skill://{+path}',
    description: "A file of one of the server's skills.",
    complete: { path: (value) => paths.filter((path) => path.startsWith(value)) },
  })
  class SkillFiles {
    read({ path }: { readonly path: string }, { revision }: CallContext): object | undefined {
      const file = files.get(path);
      return file && contentsOf(file, revision);
    }
  }
  return SkillFiles;
}

function contentsOf({ uri, mimeType, text, bytes }: SkillFile, revision: CallContext['revision']): object {
  const content = text === undefined ? { blob: bytes.toString('base64') } : { text };
  return { contents: [{ uri, mimeType, ...content }], ...fixedOn(revision) };
}
