/** A package of official scenarios. Each is started as the program that its users start. */
export interface Suite {
  /** Its folder in `node_modules`. */
  readonly folder: string;
  /** What it is given in every run: more patience than its own default, for a machine that is busy. */
  readonly options: readonly string[];
}

/** One run of a suite's program. */
export interface Selection {
  readonly suite: Suite;
  /** Its options, which say what it runs; shown as its name. */
  readonly args: readonly string[];
  /** How many scenarios that is: one that goes missing is a failure. */
  readonly scenarios: number;
}

const STABLE: Suite = { folder: 'conformance-stable', options: [] };
const ALPHA: Suite = { folder: '@modelcontextprotocol/conformance', options: ['--timeout', '120000'] };

const stable = (scenarios: number, ...args: readonly string[]): Selection => ({ suite: STABLE, args, scenarios });
const alpha = (scenarios: number, ...args: readonly string[]): Selection => ({ suite: ALPHA, args, scenarios });

/**
 * Everything that the suites can be asked for, in lanes: what is in one lane runs one after the other, lanes run side by
 * side on one server. `server-stateless` changes the server's lists and looks whether that is told, so all runs that have it
 * share a lane: none may take another's notification for its own.
 */
export const LANES: readonly (readonly Selection[])[] = [
  [alpha(40, '--suite', 'all', '--spec-version', '2026-07-28'), alpha(50, '--requirements', '2026-07-28')],
  [
    alpha(17, '--suite', 'pending'),
    alpha(33, '--suite', 'all', '--spec-version', '2025-11-25'),
    alpha(1, '--suite', 'all', '--spec-version', '2025-03-26'),
  ],
  [
    stable(32, '--suite', 'all'),
    stable(26, '--suite', 'all', '--spec-version', '2025-06-18'),
    alpha(27, '--suite', 'all', '--spec-version', '2025-06-18'),
    alpha(33, '--requirements', '2025-11-25'),
  ],
];

/** Scenarios that check nothing, whatever server they are given, and why. */
export const VACUOUS: Readonly<Record<string, string>> = {
  'tasks-status-notifications': 'the suite skips its only check itself',
};

/** A run as tables and options name it. */
export function nameOf({ suite, args }: Selection): string {
  return `${suite === STABLE ? 'stable' : 'alpha'} ${args.filter((arg) => !arg.startsWith('--suite')).join(' ')}`;
}
