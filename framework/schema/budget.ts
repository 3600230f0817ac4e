/** The most levels and values that a JSON value may have. */
export interface Budget {
  /** Objects and arrays within each other. Default 64. */
  readonly depth?: number;
  /** All values together: every object, array, and scalar. Default 10,000. */
  readonly nodes?: number;
}

/**
 * Whether a JSON value stays within a budget. It never recurses, and stops at the first level that is too
 * much, so it is safe to call first on anything that `JSON.parse` returned.
 */
export function withinBudget(value: unknown, { depth = 64, nodes = 10_000 }: Budget = {}): boolean {
  if (value === null || typeof value !== 'object') return nodes >= 1;
  let level: object[] = [value];
  let seen = 1;
  for (let deep = 1; level.length > 0; deep++) {
    if (deep > depth) return false;
    const next: object[] = [];
    for (const container of level) {
      const members: readonly unknown[] = Array.isArray(container) ? container : Object.values(container);
      seen += members.length;
      if (seen > nodes) return false;
      for (const member of members) if (member !== null && typeof member === 'object') next.push(member);
    }
    level = next;
  }
  return true;
}
