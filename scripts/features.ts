/**
 * Holds README's table of features to the requirements manifest (test/spec/requirements): how much of what the specifications
 * ask of a server a test shows, and what is not met. `--write` rewrites the table.
 */
import { REQUIREMENTS } from '../test/spec/requirements/index.js';
import { gapsOf, type Requirement, revisionOf, sourcesOf } from '../test/spec/requirements/requirement.js';
import { holdPage } from './hold-page.js';

const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
const PAGE = 'README.md';
const BLOCK = /(<!-- features[^>]*-->\n)[\s\S]*?(<!-- \/features -->)/;

interface Feature {
  readonly name: string;
  /** What the areas of its requirements' ids begin with; none where it is optional in every respect. */
  readonly ids: readonly string[];
  /** How each revision has it; the empty string where it has not. */
  readonly on: readonly [string, string];
}

const FEATURES: readonly Feature[] = [
  {
    name: 'Tools: input and output schemas, annotations, structured content, icons',
    ids: ['tools'],
    on: ['yes', 'yes'],
  },
  {
    name: 'Resources: fixed URIs and RFC 6570 templates, text and binary',
    ids: ['resources'],
    on: ['yes', 'yes'],
  },
  {
    name: 'Prompts, completion of arguments and template variables',
    ids: ['prompts', 'completion'],
    on: ['yes', 'yes'],
  },
  {
    name: 'Pagination, caching, progress, cancellation, logging',
    ids: ['pagination', 'caching', 'progress', 'cancel', 'logging', 'timeouts'],
    on: ['yes', 'yes'],
  },
  {
    name: 'Discovery and versions',
    ids: ['initialize', 'session', 'ping', 'versions', 'discover', 'extensions'],
    on: ['`initialize`', '`server/discover`'],
  },
  {
    name: 'Messages, errors, `_meta`, JSON Schema',
    ids: ['messages', 'meta', 'schemas', 'stateless', 'guidelines'],
    on: ['yes', 'yes'],
  },
  {
    name: 'Questions: forms, pages in the browser (`ctx.elicit`, `ctx.elicitUrl`), roots (`ctx.roots`)',
    ids: ['elicit', 'roots', 'rounds'],
    on: ['on the open stream', 'multi round-trip, sealed `requestState`'],
  },
  {
    name: 'Sampling with tools (`ctx.sample`, `ctx.agent`)',
    ids: ['sampling'],
    on: ['on the open stream', 'multi round-trip, sealed `requestState`'],
  },
  {
    name: 'Tasks: create, poll, result, cancel, questions while they run',
    ids: ['tasks', 'extension'],
    on: ['core, with `tasks/list` and `tasks/result`', 'extension `io.modelcontextprotocol/tasks`'],
  },
  {
    name: 'Notifications: tasks, lists that change, resources',
    ids: ['listen'],
    on: ['on the session, `resources/subscribe`', '`subscriptions/listen`'],
  },
  {
    name: 'Streamable HTTP',
    ids: ['http', 'stream'],
    on: ['sessions, GET stream, `Last-Event-ID`', 'stateless'],
  },
  {
    name: 'Headers that mirror the body, parameters too (`x-mcp-header`)',
    ids: ['headers', 'mirrored'],
    on: ['', 'yes'],
  },
  { name: 'stdio, and the same framing over sockets', ids: ['stdio', 'transport'], on: ['yes', 'yes'] },
  { name: 'Authorization', ids: ['auth'], on: ['`authorization`', '`authorization`'] },
];

const ALL: readonly Requirement[] = Object.values(REQUIREMENTS).flat();
const areaOf = ({ id }: Requirement): string => id.split('.')[0] as string;

/** How many of a feature's requirements on a revision are shown by a test, of those that a server can show. */
function counted({ ids }: Feature, revision: string): string {
  const asked = ALL.filter(
    (requirement) =>
      ids.includes(areaOf(requirement)) &&
      !['advice', 'moot'].includes(requirement.exception?.status ?? '') &&
      sourcesOf(requirement).some((source) => revisionOf(source) === revision),
  );
  const shown = asked.filter(({ exception }) => !exception).length;
  return asked.length === 0 ? '' : ` (${shown} of ${asked.length})`;
}

function table(): string {
  const strays = ALL.filter((one) => FEATURES.filter(({ ids }) => ids.includes(areaOf(one))).length !== 1);
  if (strays.length > 0) {
    const areas = [...new Set(strays.map(areaOf))].join(', ');
    throw new Error(
      `Requirements belong to no feature, or to two: ${areas}. Name each in one row of scripts/features.ts.`,
    );
  }
  const rows = FEATURES.map((feature) => {
    const cells = REVISIONS.map((revision, index) => {
      const how = feature.on[index as 0 | 1];
      return how === '' ? '' : `${how}${counted(feature, revision)}`;
    });
    return `| ${[feature.name, ...cells].join(' | ')} |`;
  });
  const lines = (status: 'gap' | 'moot'): string[] =>
    [...gapsOf(ALL, status)].map(([why, rows]) => {
      const musts = rows.filter(({ level }) => level.startsWith('MUST')).length;
      const levels = [musts > 0 && `${musts} MUST`, rows.length > musts && `${rows.length - musts} SHOULD`].filter(
        Boolean,
      );
      return `- ${why} (${levels.join(', ')})`;
    });
  const gaps = lines('gap');
  return [
    `|  | ${REVISIONS.join(' | ')} |`,
    '| --- | --- | --- |',
    ...rows,
    '',
    'In brackets: how many of the MUSTs and SHOULDs for servers [a test shows](test/spec/requirements/index.ts). What only the author of',
    'a server can keep is in [Your part](docs/your-part.md). Not met:',
    '',
    ...(gaps.length > 0 ? gaps : ['- nothing that we know of']),
    '',
    'Does not arise:',
    '',
    ...lines('moot'),
  ].join('\n');
}

await holdPage(PAGE, (page) => {
  if (!BLOCK.test(page))
    throw new Error(`${PAGE} has no place for the features: <!-- features --> to <!-- /features -->.`);
  return page.replace(BLOCK, (_, start: string, end: string) => `${start}\n${table()}\n\n${end}`);
});
