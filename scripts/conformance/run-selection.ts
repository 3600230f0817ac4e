import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { count, type Count, type Problem } from './count.js';
import { start } from './processes.js';
import { nameOf, type Selection, VACUOUS } from './selections.js';

/** What a run of a suite came to. */
export interface Run extends Count {
  readonly name: string;
  /** The version of the suite that is installed. */
  readonly version: string;
  readonly expected: number;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

export interface RunOptions {
  /** A Node of version 22 or later. */
  readonly node: string;
  readonly url: string;
  /** Where it may write. */
  readonly folder: string;
  /** Is told the name of each scenario when it starts. */
  readonly onScenario: (scenario: string) => void;
}

/** The most time that one run may take, in milliseconds. */
const LIMIT = 480_000;

/** Runs a suite's program once, and counts what it wrote. */
export async function runSelection(selection: Selection, options: RunOptions): Promise<Run> {
  const { suite, args, scenarios } = selection;
  const root = join('node_modules', suite.folder);
  const name = nameOf(selection);
  const folder = join(options.folder, name.replaceAll(/\W+/g, '-'));
  mkdirSync(folder);
  const lines: string[] = [];
  const program = [
    join(root, 'dist', 'index.js'),
    'server',
    '--url',
    options.url,
    ...suite.options,
    ...args,
    '-o',
    folder,
  ];
  const began = performance.now();
  const started = start(options.node, program, (line) => {
    lines.push(line);
    const scenario = /^=== Running scenario: (\S+) ===$/.exec(line)?.[1];
    if (scenario !== undefined) options.onScenario(scenario);
  });
  const limit = setTimeout(() => void started.stop(), LIMIT);
  const code = await started.ended;
  clearTimeout(limit);
  const counted = count(lines.join('\n'), folder, scenarios, Object.keys(VACUOUS));
  return {
    ...counted,
    problems: [...counted.problems, ...badEnd(code, counted, lines)],
    name,
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version,
    expected: scenarios,
    duration: performance.now() - began,
  };
}

/** A program that ends badly for no reason that its checks show has failed all the same. */
function badEnd(code: number | null, { problems }: Count, lines: readonly string[]): Problem[] {
  if (code === 0 || problems.length > 0) return [];
  const message = `It ended with ${code ?? 'a signal'}: ${lines.at(-1) ?? 'it wrote nothing'}`;
  return [{ scenario: '(all)', check: 'exit code', message }];
}

/** The path of a Node that the suites run on: this one, or one that npm fetches. */
export function suitesNode(): string {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  const args = ['-y', 'node@24', '-p', 'process.execPath'];
  return execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}
