/** Where a requirement stands: a revision, or the tasks extension of 2026-07-28 (SEP-2663). */
export type Source = '2025-11-25' | '2026-07-28' | 'SEP-2663';

export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT';

/** Not met, and why; README says so. */
interface Gap {
  readonly status: 'gap';
  readonly why: string;
}

/** Not for a framework to keep: the page that hands it on to whoever writes or runs a server, and words that stand there. */
interface Advice {
  readonly status: 'advice';
  readonly page: string;
  readonly says: string;
}

/** Binds only a server that does something which it may leave; this one leaves it, and why. */
interface Moot {
  readonly status: 'moot';
  readonly why: string;
}

/** One thing that a specification asks of a server. `what` says in our words what a server does that keeps it. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  readonly what: string;
  /** `page#anchor` below the specification of each source that asks for it. */
  readonly sections: { readonly [S in Source]?: string };
  /** None: a test shows it, on each of its sources. */
  readonly exception?: Gap | Advice | Moot;
}

type Row = Omit<Requirement, 'sections'>;
type Sections = Requirement['sections'];

const row =
  (level: Level) =>
  (id: string, what: string, exception?: Gap | Advice | Moot): Row => ({
    id,
    level,
    what,
    ...(exception && { exception }),
  });

export const must = row('MUST');
export const mustNot = row('MUST NOT');
export const should = row('SHOULD');
export const shouldNot = row('SHOULD NOT');

/** For what a later revision asks and the server does not do yet. @public */
export const gap = (why: string): Gap => ({ status: 'gap', why });
export const moot = (why: string): Moot => ({ status: 'moot', why });
export const advice = (page: string, says: string): Advice => ({ status: 'advice', page, says });

export const section = (sections: Sections, rows: readonly Row[]): readonly Requirement[] =>
  rows.map((one) => ({ ...one, sections }));

/** The same words in both revisions, at the same place or at two. */
export const both = (page2025: string, page2026 = page2025): Sections => ({
  '2025-11-25': page2025,
  '2026-07-28': page2026,
});
export const in2025 = (page: string): Sections => ({ '2025-11-25': page });
export const in2026 = (page: string): Sections => ({ '2026-07-28': page });
export const inTasks = (anchor: string): Sections => ({ 'SEP-2663': `tasks#${anchor}` });

/** The revision on which what a source asks for is seen. */
export const revisionOf = (source: Source): '2025-11-25' | '2026-07-28' =>
  source === '2025-11-25' ? '2025-11-25' : '2026-07-28';

export const sourcesOf = ({ sections }: Requirement): readonly Source[] => Object.keys(sections) as Source[];

/** The requirements that are not met, or that do not arise, by the reason. */
export function gapsOf(
  requirements: readonly Requirement[],
  status: 'gap' | 'moot' = 'gap',
): ReadonlyMap<string, readonly Requirement[]> {
  const gaps = new Map<string, Requirement[]>();
  for (const requirement of requirements) {
    const { exception } = requirement;
    if (exception?.status !== status) continue;
    gaps.set(exception.why, [...(gaps.get(exception.why) ?? []), requirement]);
  }
  return gaps;
}
