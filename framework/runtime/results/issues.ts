import type { Issue } from '../../schema/schema.js';

/** Issues in one line; places and rules, never values. */
export function issueList(issues: readonly Issue[]): string {
  return issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
}
