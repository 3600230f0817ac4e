import type { Issue } from '../../schema/schema.js';

/** An issue in words: its place and the rule, never the value. */
export const issueText = ({ path, message }: Issue): string => (path === '' ? message : `${path}: ${message}`);

/** Issues in one line. */
export const issueList = (issues: readonly Issue[]): string => issues.map(issueText).join('; ');
