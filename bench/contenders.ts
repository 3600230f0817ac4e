import { REVISIONS, type Revision } from './requests.js';

/** Who is measured, and by what name its programs in `subjects/` or `peers/` begin. */
export interface Contender {
  readonly subject: string;
  readonly revisions: readonly Revision[];
  /** Set for those that are installed on demand. */
  readonly isPeer?: true;
  /** Whether it can be asked for tasks. */
  readonly hasTasks?: true;
}

const CONTENDERS: readonly Contender[] = [
  { subject: 'bare', revisions: REVISIONS, hasTasks: true },
  { subject: 'perdura', revisions: REVISIONS, hasTasks: true },
  { subject: 'sdk-v2', revisions: REVISIONS, hasTasks: true },
  { subject: 'sdk-v1', revisions: ['2025-11-25'], hasTasks: true },
  { subject: 'fastmcp', revisions: ['2025-11-25'], isPeer: true },
  { subject: 'mcp-nest', revisions: REVISIONS, isPeer: true },
];

export function contenders(peers: boolean): readonly Contender[] {
  return CONTENDERS.filter(({ isPeer }) => peers || !isPeer);
}
