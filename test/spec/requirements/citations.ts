import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { revisionOf, type Requirement, sourcesOf, type Source } from './requirement.js';

/**
 * A test says which requirements it shows in the line above it: `// Spec: tools.order, http.get@2025-11-25`. It counts for
 * the revision in the name of its file, or for the one after `@`, or else for every source that has the requirement.
 */
export interface Citation {
  readonly id: string;
  readonly revision?: string;
  /** `file:line`. */
  readonly where: string;
  /** Whether a test follows that runs. */
  readonly onTest: boolean;
}

const MARK = /^\s*\/\/ Spec: (.+)$/;
const TEST = /^\s*it(\.each)?\b/;

/** Every citation in a folder of tests, in the order of files and lines. */
export function citationsIn(folder: string): readonly Citation[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(test|contract)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => citationsOf(readFileSync(path, 'utf8'), path.slice(folder.length + 1)));
}

export function citationsOf(text: string, file: string): readonly Citation[] {
  const [ofFile] = /20\d\d-\d\d-\d\d/.exec(basename(file)) ?? [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, cited] = MARK.exec(line) ?? [];
    if (cited === undefined) return [];
    const onTest = TEST.test(lines.slice(index + 1).find((next) => !MARK.test(next)) ?? '');
    return cited.split(', ').map((one) => {
      const [id = '', revision = ofFile] = one.trim().split('@');
      return { id, ...(revision && { revision }), where: `${file}:${index + 1}`, onTest };
    });
  });
}

/** The sources of a requirement for which no citation counts. */
export const unshown = (requirement: Requirement, citations: readonly Citation[]): readonly Source[] =>
  sourcesOf(requirement).filter(
    (source) =>
      !citations.some(
        ({ id, revision }) => id === requirement.id && (revision === undefined || revision === revisionOf(source)),
      ),
  );
