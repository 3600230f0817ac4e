import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { buildSync } from 'esbuild';

const ROOT = process.cwd();
/** Inside of the package, so that its dependencies are found from there. */
const CACHE = join(ROOT, 'node_modules/.cache');
const MEMBER = 'test/faults/harness/member';

let compiled: string | undefined;

/**
 * The path of the program that a member of a crew runs, compiled once: scenarios start hundreds of processes, on machines
 * where compiling would take most of their time, and all of them then run the same code, whatever is edited meanwhile.
 */
export function memberProgram(): string {
  compiled ??= compile();
  return join(compiled, 'member.js');
}

/** Deletes what was compiled, when the last crew has ended. */
export function removeProgram(): void {
  if (compiled !== undefined) rmSync(compiled, { recursive: true, force: true });
  compiled = undefined;
}

function compile(): string {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'faults-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const room of ['framework', 'test/faults/harness', 'test/fixtures']) {
    for (const file of sourcesOf(room)) {
      const { code } = transformFileSync(join(ROOT, file), {
        swcrc: false,
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      });
      const target = join(folder, file.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, code);
    }
  }
  // One file starts in half the time of two hundred. swc comes first, since it keeps the metadata of decorators.
  buildSync({
    entryPoints: [join(folder, `${MEMBER}.js`)],
    outfile: join(folder, 'member.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    keepNames: true,
  });
  return folder;
}

const sourcesOf = (room: string): string[] =>
  readdirSync(join(ROOT, room), { recursive: true })
    .map((file) => join(room, String(file)))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
