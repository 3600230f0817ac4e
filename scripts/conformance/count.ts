import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A check as the suites write it. */
export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

/** Why a scenario does not count as passed. */
export interface Problem {
  readonly scenario: string;
  /** The check, or the scenario's own name where it has none to show. */
  readonly check: string;
  readonly message: string;
}

/** What came of one scenario. */
export type Outcome = 'passed' | 'failed' | 'warned' | 'vacuous';

/** What came of one run. */
export interface Count {
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Successes of the scenarios' own checks. */
  readonly successes: number;
  /** Checks that the suite left out, as `scenario: check`. */
  readonly skipped: readonly string[];
  readonly problems: readonly Problem[];
}

// The suite adds it to every scenario with any traffic, so it says nothing of what the scenario is about.
const SYNTHETIC = 'wire-schema-valid';

/**
 * Counts a run from what it wrote to its log and to its folder. A scenario has passed when a check of its own succeeded
 * and none failed or warned; the suites themselves also call those passed that checked nothing. One that threw
 * is in the log alone.
 *
 * @param expected - how many scenarios there must be
 * @param vacuous - the scenarios that are known to check nothing
 */
export function count(log: string, folder: string, expected: number, vacuous: readonly string[]): Count {
  const started = [...log.matchAll(/^=== Running scenario: (\S+) ===$/gm)].map(([, name]) => name as string);
  const written = checksIn(folder);
  const outcomes: Record<string, Outcome> = {};
  const problems: Problem[] = [];
  for (const scenario of new Set([...started, ...written.keys()])) {
    const [outcome, found] = judge(scenario, written.get(scenario), vacuous.includes(scenario), log);
    outcomes[scenario] = outcome;
    problems.push(...found);
  }
  const found = Object.keys(outcomes).length;
  if (found !== expected) {
    const message = `${found} scenarios ran, and ${expected} should have.`;
    problems.push({ scenario: '(all)', check: 'scenarios', message });
  }
  const all = [...written].flatMap(([scenario, checks]) => checks.map((check) => ({ scenario, ...check })));
  return {
    outcomes,
    successes: all.filter(isOwnSuccess).length,
    skipped: all.filter(({ status }) => status === 'SKIPPED').map(({ scenario, id }) => `${scenario}: ${id}`),
    problems,
  };
}

function judge(
  scenario: string,
  checks: readonly Check[] | undefined,
  mayBeVacuous: boolean,
  log: string,
): [Outcome, Problem[]] {
  const problem = (message: string): Problem[] => [{ scenario, check: scenario, message }];
  if (!checks) {
    const thrown = log.split(`Failed to run scenario ${scenario}: `)[1]?.split('\n')[0];
    return ['failed', problem(thrown ?? 'It left no checks.')];
  }
  const told = (status: Check['status']): Problem[] =>
    checks
      .filter((check) => check.status === status)
      .map(({ id, errorMessage }) => ({ scenario, check: id, message: errorMessage ?? status }));
  const [failures, warnings] = [told('FAILURE'), told('WARNING')];
  if (failures.length > 0) return ['failed', [...failures, ...warnings]];
  if (warnings.length > 0) return ['warned', warnings];
  if (checks.some(isOwnSuccess)) {
    return ['passed', mayBeVacuous ? problem('It checks something by now: take it off the list of vacuous ones.') : []];
  }
  return ['vacuous', mayBeVacuous ? [] : problem('No check of its own succeeded.')];
}

function isOwnSuccess({ id, status }: Check): boolean {
  return status === 'SUCCESS' && id !== SYNTHETIC;
}

/** The checks by scenario, from the folders `server-{scenario}-{time}`. */
function checksIn(folder: string): Map<string, readonly Check[]> {
  const found = new Map<string, readonly Check[]>();
  for (const name of readdirSync(folder)) {
    const scenario = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name)?.[1];
    if (scenario === undefined || !readdirSync(join(folder, name)).includes('checks.json')) continue;
    const checks = JSON.parse(readFileSync(join(folder, name, 'checks.json'), 'utf8')) as Check[];
    found.set(scenario, [...(found.get(scenario) ?? []), ...checks]);
  }
  return found;
}
