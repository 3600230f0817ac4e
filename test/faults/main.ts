import { removeProgram } from './harness/compile.js';
import { writeReliability } from './harness/reliability.js';
import { rowsAsText, tableOf } from './harness/table.js';
import type { Row } from './harness/scene.js';
import { QUIET, SCENARIOS, type Sizes } from './scenarios.js';

// node main.ts [--small] [--json] [name ...]: a table on stdout, progress on stderr; the page is written after a whole, large run.
const flags = process.argv.slice(2);
const chosen = flags.filter((flag) => !flag.startsWith('--'));
const sizes: Sizes = flags.includes('--small') ? 'small' : 'large';
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const tell = (text: string): void => void process.stderr.write(`${text}\n`);

// Interrupted or not, what runs on listeners of the exit is not left out.
process.once('exit', removeProgram);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const unknown = chosen.filter((name) => !SCENARIOS[name]);
if (unknown.length > 0) {
  tell(`There is no scenario "${unknown.join('", "')}". There are: ${Object.keys(SCENARIOS).join(', ')}.`);
  process.exit(2);
}

const names = chosen.length > 0 ? chosen : Object.keys(SCENARIOS);
const done = new Map<string, Row>();
tell(`seed ${seed}, ${names.length} scenarios, ${sizes}`);
const playAll = async (some: readonly string[]): Promise<void> => {
  for (const name of some) done.set(name, await playOne(name));
};
await Promise.all([
  playAll(names.filter((name) => !QUIET.has(name))),
  playAll(names.filter((name) => QUIET.has(name))),
]);
const rows = names.flatMap((name) => done.get(name) ?? []);
process.stdout.write(
  flags.includes('--json') ? `${JSON.stringify({ seed, sizes, rows })}\n` : `${tableOf(rows)}\nseed ${seed}\n`,
);
process.exitCode = rows.some(({ violations }) => violations.length > 0) ? 1 : 0;
if (sizes === 'large' && chosen.length === 0) await writeReliability(rows, seed);

async function playOne(name: string): Promise<Row> {
  const from = performance.now();
  tell(`${name} ...`);
  const ticking = setInterval(() => tell(`  ${name}: ${Math.round((performance.now() - from) / 1000)} s`), 15_000);
  const row = await run(name);
  clearInterval(ticking);
  tell(`${done.size + 1}/${names.length} ${rowsAsText([row])}`);
  return row;
}

/** A scenario that did not come to its end is a violation too. */
async function run(name: string): Promise<Row> {
  const scenario = SCENARIOS[name] as NonNullable<(typeof SCENARIOS)[string]>;
  return scenario(sizes, seed).catch((error: unknown) => ({
    fault: name,
    observed: 'it did not come to its end',
    tasks: 0,
    faults: 0,
    counts: {},
    violations: [String(error)],
    seconds: 0,
  }));
}
