import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Check, count } from '../../scripts/conformance/count.js';

describe('Counting a run of a conformance suite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'count-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const logOf = (...scenarios: readonly string[]): string =>
    scenarios.map((name) => `\n=== Running scenario: ${name} ===\nRunning client scenario '${name}'`).join('\n');

  /** Writes what a scenario leaves, as the suites do. */
  const leave = (scenario: string, ...checks: readonly Check[]): void => {
    const place = join(folder, `server-${scenario}-2026-01-02T03-04-05-678Z`);
    mkdirSync(place);
    writeFileSync(join(place, 'checks.json'), JSON.stringify(checks));
  };

  it('takes a scenario with a success of its own as passed', () => {
    leave('ping', { id: 'ping', status: 'SUCCESS' }, { id: 'note', status: 'INFO' });
    expect(count(logOf('ping'), folder, 1, [])).toEqual({
      outcomes: { ping: 'passed' },
      successes: 1,
      skipped: [],
      problems: [],
    });
  });

  it('takes a scenario of which one check failed as failed, whatever else succeeded', () => {
    leave('tools', { id: 'list', status: 'SUCCESS' }, { id: 'call', status: 'FAILURE', errorMessage: 'No content' });
    const { outcomes, problems } = count(logOf('tools'), folder, 1, []);
    expect(outcomes).toEqual({ tools: 'failed' });
    expect(problems).toEqual([{ scenario: 'tools', check: 'call', message: 'No content' }]);
  });

  it('takes a warning as no success', () => {
    leave('sse', { id: 'stream', status: 'SUCCESS' }, { id: 'retry', status: 'WARNING', errorMessage: 'No retry' });
    const { outcomes, problems } = count(logOf('sse'), folder, 1, []);
    expect(outcomes).toEqual({ sse: 'warned' });
    expect(problems).toEqual([{ scenario: 'sse', check: 'retry', message: 'No retry' }]);
  });

  it('takes a scenario as vacuous where nothing but the check that the suite adds to all succeeded', () => {
    leave('polling', { id: 'stream', status: 'INFO' }, { id: 'wire-schema-valid', status: 'SUCCESS' });
    const { outcomes, problems, successes } = count(logOf('polling'), folder, 1, []);
    expect(outcomes).toEqual({ polling: 'vacuous' });
    expect(problems).toHaveLength(1);
    expect(successes).toBe(0);
  });

  it('takes a failure of that check as a failure', () => {
    leave('ping', { id: 'ping', status: 'SUCCESS' }, { id: 'wire-schema-valid', status: 'FAILURE' });
    expect(count(logOf('ping'), folder, 1, []).outcomes).toEqual({ ping: 'failed' });
  });

  it('lets pass what is known to be vacuous, and names the checks that were left out', () => {
    leave('status', { id: 'listen', status: 'SKIPPED' });
    const { outcomes, problems, skipped } = count(logOf('status'), folder, 1, ['status']);
    expect(outcomes).toEqual({ status: 'vacuous' });
    expect(skipped).toEqual(['status: listen']);
    expect(problems).toEqual([]);
  });

  it('says so when what is known to be vacuous is so no longer', () => {
    leave('status', { id: 'listen', status: 'SUCCESS' });
    expect(count(logOf('status'), folder, 1, ['status']).problems).toHaveLength(1);
  });

  it('takes a scenario that threw, and is in the log alone, as failed for the reason in the log', () => {
    const log = `${logOf('ping')}\nFailed to run scenario ping: Error: fetch failed\n    at somewhere`;
    const { outcomes, problems } = count(log, folder, 1, []);
    expect(outcomes).toEqual({ ping: 'failed' });
    expect(problems).toEqual([{ scenario: 'ping', check: 'ping', message: 'Error: fetch failed' }]);
  });

  it('takes a scenario that began and left nothing as failed', () => {
    mkdirSync(join(folder, 'server-ping-2026-01-02T03-04-05-678Z'));
    expect(count(logOf('ping'), folder, 1, []).outcomes).toEqual({ ping: 'failed' });
  });

  it('misses a scenario that never ran', () => {
    leave('ping', { id: 'ping', status: 'SUCCESS' });
    expect(count(logOf('ping'), folder, 2, []).problems).toHaveLength(1);
    expect(count('', folder, 2, []).problems).toHaveLength(1);
  });
});
