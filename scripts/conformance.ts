/**
 * `npm run conformance -- [options]`: runs every server scenario of both official suites against `examples/everything` and
 * counts what really passed. Ends with code 1 on any failure, warning or missing scenario; nothing is expected to fail.
 *
 *   --redis        web and worker are two processes, with a Redis of their own between them
 *   --only TEXT    only the runs with this in their name, such as "pending" or "2026-07-28"
 *   --json         writes everything as one line of JSON to stdout instead of a table
 *   --write        puts the table into docs/conformance.md
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startFixture } from './conformance/fixture.js';
import { Progress } from './conformance/progress.js';
import { plainTable, problemLines, writeTable } from './conformance/report.js';
import { type Run, runSelection, suitesNode } from './conformance/run-selection.js';
import { LANES, nameOf } from './conformance/selections.js';

const { values } = parseArgs({
  options: {
    redis: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    json: { type: 'boolean' },
    write: { type: 'boolean' },
  },
});
const mode = values.redis ? 'redis' : 'memory';
const lanes = LANES.map((lane) => lane.filter((selection) => nameOf(selection).includes(values.only)));
const selections = lanes.flat();
if (selections.length === 0) throw new Error(`No run has "${values.only}" in its name.`);
if (values.write && values.only !== '') throw new Error('--write needs all runs: leave --only out.');

const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
// What is started from here writes below it too, so that an interrupted run leaves nothing behind either.
process.env['TMPDIR'] = folder;
process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const node = suitesNode();
const progress = new Progress(selections.reduce((sum, { scenarios }) => sum + scenarios, 0));
const fixture = await startFixture(values.redis);

async function runLane(lane: (typeof LANES)[number]): Promise<Run[]> {
  const runs: Run[] = [];
  for (const selection of lane) {
    const name = nameOf(selection);
    const onScenario = (scenario: string): void => progress.scenario(name, scenario);
    const run = await runSelection(selection, { node, url: fixture.url, folder, onScenario });
    const verdict = run.problems.length === 0 ? 'ok' : `${run.problems.length} problems`;
    progress.ended(name, `${name}: ${verdict} in ${(run.duration / 1_000).toFixed(1)} s`);
    runs.push(run);
  }
  return runs;
}

try {
  const runs = (await Promise.all(lanes.map(runLane))).flat();
  progress.clear();
  const problems = problemLines(runs);
  if (values.write) await writeTable('docs/conformance.md', mode, runs);
  if (values.json) process.stdout.write(`${JSON.stringify({ mode, ok: problems.length === 0, runs })}\n`);
  else process.stdout.write(`${plainTable(runs)}\n`);
  if (problems.length > 0) {
    process.stderr.write(`\n${problems.join('\n')}\n`);
    if (fixture.log.length > 0) process.stderr.write(`\nThe server wrote:\n${fixture.log.join('\n')}\n`);
    process.exitCode = 1;
  }
} finally {
  await fixture.stop();
}
