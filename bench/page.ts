import { readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { chart } from './chart.js';
import { inserted, report } from './report.js';
import type { Row } from './row.js';
import type { Log, Options } from './take-turns.js';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Puts a run into `docs/performance.md`, and draws its chart beside it. */
export async function writePage(rows: readonly Row[], { quick }: Pick<Options, 'quick'>, log: Log): Promise<void> {
  const path = `${DOCS}performance.md`;
  const machine = `${cpus().length} cores, Node ${process.version}`;
  const date = new Date().toISOString().slice(0, 10);
  const written = inserted(await readFile(path, 'utf8'), report(rows, { machine, date, isQuick: quick }));
  const style = await prettier.resolveConfig(path);
  await writeFile(path, await prettier.format(written, { ...style, parser: 'markdown' }));
  await writeFile(`${DOCS}performance.svg`, chart(rows));
  log('Written: docs/performance.md and docs/performance.svg.');
}
