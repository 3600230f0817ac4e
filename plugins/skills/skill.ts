/** A file of a skill: how it is named and what its bytes are. */
export interface SkillResource {
  readonly uri: string;
  /** `sha256:` and 64 lower-case hexadecimal digits, of the raw bytes. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** One skill as `skills/list` and `skills/get` show it (SEP-2640, skill entries). */
export interface Skill {
  /** The URI of its SKILL.md. */
  readonly uri: string;
  /** The whole frontmatter of its SKILL.md, as JSON. */
  readonly frontmatter: Frontmatter;
  /** Every file, SKILL.md and those of nested skills included. */
  readonly resources: readonly SkillResource[];
}

/** What stands between the lines `---` at the head of a SKILL.md. */
export interface Frontmatter {
  readonly name: string;
  readonly description: string;
  readonly [field: string]: unknown;
}

/** A file that is served, held in memory: what is sent is what its digest was made of. */
export interface SkillFile {
  /** From the folder of skills on, with slashes. */
  readonly path: string;
  readonly uri: string;
  readonly digest: string;
  readonly bytes: Buffer;
  /** Absent for a file that no text could carry unchanged. */
  readonly text?: string;
  readonly mimeType: string;
}
