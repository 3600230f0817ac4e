import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { citationsIn, citationsOf, unshown } from './requirements/citations.js';
import { REQUIREMENTS } from './requirements/index.js';
import { gapsOf, type Requirement, revisionOf, sourcesOf } from './requirements/requirement.js';

const TESTS = resolve(__dirname, '..');
const ALL: readonly Requirement[] = Object.values(REQUIREMENTS).flat();
const byId = new Map(ALL.map((requirement) => [requirement.id, requirement]));
const citations = citationsIn(TESTS);

describe('the requirements of the specifications', () => {
  it('have an id each, a sentence, and the place where they stand', () => {
    expect(byId.size).toBe(ALL.length);
    for (const { id, what, sections } of ALL) {
      expect(id).toMatch(/^[a-z]+(\.[a-z0-9-]+){1,2}$/);
      expect(what).toMatch(/^[A-Z`].*\.$/);
      expect(Object.values(sections).length).toBeGreaterThan(0);
      for (const place of Object.values(sections)) expect(place).toMatch(/^[a-z-]+(\/[a-z-]+)*(#[\w%-]+)?$/);
    }
  });

  it('are each shown by a test on every revision that has them, unless they say why not', () => {
    const missing = ALL.filter(({ exception }) => !exception).flatMap((requirement) =>
      unshown(requirement, citations).map((source) => `${requirement.id} (${source}): ${requirement.what}`),
    );
    expect(missing).toEqual([]);
  });

  it('are cited by names that exist, for revisions that have them, above tests that run', () => {
    const wrong = citations.flatMap(({ id, revision, where, onTest }) => {
      const requirement = byId.get(id);
      if (!requirement) return [`${where}: there is no requirement ${id}.`];
      if (!onTest) return [`${where}: no test follows.`];
      const isOf = revision === undefined || sourcesOf(requirement).some((source) => revisionOf(source) === revision);
      return isOf ? [] : [`${where}: ${id} is not of ${revision}.`];
    });
    expect(wrong).toEqual([]);
  });

  it('have no exception where a test shows them', () => {
    const cited = new Set(citations.map(({ id }) => id));
    expect(ALL.filter(({ id, exception }) => exception && cited.has(id)).map(({ id }) => id)).toEqual([]);
  });

  it('that are advice stand in the documentation', () => {
    const silent = ALL.flatMap(({ id, exception }) => {
      if (exception?.status !== 'advice') return [];
      const text = readFileSync(join(TESTS, '..', exception.page), 'utf8').replace(/\s+/g, ' ');
      return text.includes(exception.says) ? [] : [`${id}: ${exception.page} does not say "${exception.says}".`];
    });
    expect(silent).toEqual([]);
  });

  it('that are not met are told of', () => {
    const gaps = gapsOf(ALL);
    const lines = [...gaps].map(
      ([why, rows]) => `${why} (${rows.map(({ id, level }) => `${level} ${id}`).join(', ')})`,
    );
    process.stdout.write(`Requirements that are not met:\n  ${lines.join('\n  ')}\n`);
    for (const why of [...gaps.keys(), ...gapsOf(ALL, 'moot').keys()]) expect(why).toMatch(/^[A-Z].+\.$/);
  });
});

describe('a citation', () => {
  const text = ['// Spec: tools.order, http.get@2025-11-25', "  it('does it', () => {", '// Spec: a.b', 'const x = 1;'];

  it('counts for the revision after it, or of its file, or for all', () => {
    const of = (file: string) => citationsOf(text.join('\n'), file).map(({ id, revision }) => [id, revision]);
    expect(of('x/both.test.ts')).toEqual([
      ['tools.order', undefined],
      ['http.get', '2025-11-25'],
      ['a.b', undefined],
    ]);
    expect(of('x/one-2026-07-28.test.ts')[0]).toEqual(['tools.order', '2026-07-28']);
  });

  it('must stand above a test', () => {
    expect(citationsOf(text.join('\n'), 'f').map(({ onTest }) => onTest)).toEqual([true, true, false]);
  });
});
