/** `perdura/plugins/skills`: Agent Skills over MCP (SEP-2640). */
import { fileURLToPath } from 'node:url';
import { jsonSchema, type Plugin, ProtocolError } from 'perdura';
import { directoriesOf } from './directories.js';
import { pagesOf } from './pages.js';
import { type ReadSkill, readSkills } from './read-skills.js';
import type { Skill } from './skill.js';
import { fixedOn, skillResources } from './skill-resources.js';

export type { Frontmatter, Skill, SkillResource } from './skill.js';

/** Which skills are served, and within which bounds. */
export interface SkillsOptions {
  /**
   * A folder of skills: every folder in it that has a SKILL.md is one, at any depth, and the path from here to it is its path in
   * `skill://<path>/SKILL.md`. Relative to the working directory.
   */
  readonly folder: string | URL;
  /** The most bytes of one file. Default 500 KiB, which fits into a result of the default size whatever is in it. */
  readonly fileBytes?: number;
  /** The most bytes of all files together; they are held in memory. Default 64 MiB. */
  readonly totalBytes?: number;
  /** Entries on a page of `skills/list`; a directory has four times as many. Default 20. */
  readonly pageSize?: number;
}

const ID = 'io.modelcontextprotocol/skills';
const INVALID_PARAMS = -32602;
const KIBIBYTE = 1024;

const LIST = jsonSchema<{ cursor?: string }>({ type: 'object', properties: { cursor: { type: 'string' } } });
const GET = jsonSchema<{ uri: string }>({
  type: 'object',
  properties: { uri: { type: 'string' } },
  required: ['uri'],
});
const READ_DIRECTORY = jsonSchema<{ uri: string; cursor?: string }>({
  type: 'object',
  properties: { uri: { type: 'string' }, cursor: { type: 'string' } },
  required: ['uri'],
});

/**
 * Serves a folder of Agent Skills by the extension `io.modelcontextprotocol/skills`. Every file is read once, when the app is
 * put together, and held: what is sent is what its digest says, and no request reaches the file system. Skills that break
 * the format, links that lead out of the folder and files over the limits keep the app from starting, all told at once.
 */
export function skills({
  folder,
  fileBytes = 500 * KIBIBYTE,
  totalBytes = 64 * KIBIBYTE * KIBIBYTE,
  pageSize = 20,
}: SkillsOptions): Plugin {
  return {
    name: 'skills',
    async setup(host) {
      const numbers = Object.entries({ fileBytes, totalBytes, pageSize });
      const wrong = numbers.filter(([, given]) => given !== Infinity && !(Number.isInteger(given) && given > 0));
      for (const [option, given] of wrong)
        host.mistake(`"${option}" cannot be ${given}. Set it to an integer of at least 1.`);
      // A page of none would never come to the end of the list.
      if (wrong.length > 0) return;
      const path = folder instanceof URL ? fileURLToPath(folder) : folder;
      const found = await readSkills(path, { fileBytes, totalBytes }, (sentence) => host.mistake(sentence));
      const entries = new Map(found.map((skill) => [skill.uri, entryOf(skill)]));
      const list = pagesOf('skills', [...entries.values()], pageSize);
      const directories = new Map(
        [...directoriesOf(found)].map(([uri, children]) => [uri, pagesOf(uri, children, pageSize * 4)]),
      );

      host.use(...skillResources(found));
      host.extension({
        id: ID,
        settings: { directoryRead: true },
        methods: {
          'skills/list': {
            params: LIST,
            serve({ cursor }: { cursor?: string }, { revision }) {
              const { items, ...rest } = list.page(cursor);
              return { skills: items, ...rest, ...fixedOn(revision) };
            },
          },
          'skills/get': {
            params: GET,
            serve({ uri }: { uri: string }, { revision }) {
              const skill = entries.get(uri);
              if (!skill) throw new ProtocolError(INVALID_PARAMS, 'No skill is served at this URI.');
              return { skill, ...fixedOn(revision) };
            },
          },
          'resources/directory/read': {
            params: READ_DIRECTORY,
            serve({ uri, cursor }: { uri: string; cursor?: string }) {
              const children = directories.get(uri);
              if (!children) throw new ProtocolError(INVALID_PARAMS, 'No directory is served at this URI.');
              const { items, ...rest } = children.page(cursor);
              return { resources: items, ...rest };
            },
          },
        },
      });
    },
  };
}

const entryOf = ({ uri, frontmatter, resources }: ReadSkill): Skill => ({ uri, frontmatter, resources });
