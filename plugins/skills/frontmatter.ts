import { parse } from 'yaml';
import type { Frontmatter } from './skill.js';

const BLOCK = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;
/** Of the Agent Skills specification: 1 to 64 lower-case letters, digits and single hyphens. */
const NAME = /^(?!.*--)[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/;
const LONGEST_DESCRIPTION = 1024;

/** The frontmatter of a SKILL.md in the directory `directory`, or a sentence that says what is wrong with it. */
export function frontmatterOf(text: string, directory: string): Frontmatter | string {
  const block = BLOCK.exec(text)?.[1];
  if (block === undefined) return 'does not begin with YAML frontmatter. Put it between two lines "---" at the top';
  const value = readYaml(block);
  if (value === undefined) return 'has frontmatter that is not valid YAML. Correct it';
  if (!isJsonObject(value)) return 'has frontmatter that is no object of JSON values. Write it as "key: value" lines';
  const { name, description } = value;
  if (typeof name !== 'string' || !NAME.test(name))
    return 'needs a "name" in its frontmatter: 1 to 64 lower-case letters, digits and single hyphens';
  if (name !== directory) return `is named "${name}" but lies in the folder "${directory}". Give both the same name`;
  if (typeof description !== 'string' || description.trim() === '' || description.length > LONGEST_DESCRIPTION)
    return `needs a "description" in its frontmatter, of at most ${LONGEST_DESCRIPTION} characters`;
  return value as Frontmatter;
}

function readYaml(block: string): unknown {
  try {
    // No anchors: a few lines of them can stand for gigabytes.
    return parse(block, { maxAliasCount: 0, prettyErrors: false, logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether JSON carries the value as it is: clients compare what they read with what they were told. */
function isJsonObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every(isJson);
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return Array.isArray(value) ? value.every(isJson) : isJsonObject(value);
}
