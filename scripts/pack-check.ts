/**
 * Packs the package as it would be published, installs the tarball where nothing else is, and uses it: from ES modules,
 * from CommonJS, from plain JavaScript, from a TypeScript program that checks every declaration, and by a new project.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
const folder = mkdtempSync(join(tmpdir(), 'perdura-package-'));

const run = (command: string, args: readonly string[], cwd: string): void => {
  execFileSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
};

/** The tarball, freshly built; not by `prepack`, whose output would stand before npm's JSON. */
function pack(): Packed {
  run('npm', ['run', '--silent', 'build'], ROOT);
  const args = ['pack', '--json', '--ignore-scripts', '--silent', '--pack-destination', folder];
  const [packed] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8' })) as [Packed];
  return packed;
}

function checkFiles({ files }: Packed): void {
  const allowed =
    /^(dist\/(framework|plugins|chunks)\/.+\.(js|d\.ts)|docs\/.+\.(md|png|svg)|examples\/starter\/(src\/.+\.ts|[^/]+)|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;
  const strangers = files.filter(({ path }) => !allowed.test(path));
  if (strangers.length > 0) {
    throw new Error(
      `The tarball holds ${strangers.map(({ path }) => path).join(', ')}. Take it out of "files" or dist/.`,
    );
  }
  for (const path of ['README.md', 'CHANGELOG.md', 'LICENSE']) {
    const present = files.some((file) => file.path === path);
    if (!present) throw new Error(`The tarball lacks ${path}. Add it to the repository.`);
  }
  console.log(`tarball: ${files.length} files, none that should not be there`);
}

function useIt(tarball: string, consumer: string): void {
  cpSync(join(ROOT, 'test/fixtures/package'), consumer, { recursive: true });
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // The compiler, and the one optional peer that a door imports when it opens.
  const beside = ['typescript', '@types/node', '@opentelemetry/api'];
  const versions = beside.map((name) => `${name}@${manifest.devDependencies[name]}`);
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', tarball, ...versions], consumer);
  for (const program of ['doors.mjs', 'doors.cjs', 'server.mjs']) run(process.execPath, [program], consumer);
  run(process.execPath, ['node_modules/typescript/bin/tsc', '--project', '.'], consumer);
  console.log('declarations: compiled by a strict consumer, as an ES module and as CommonJS');
}

/** A new project, by the commands that it is begun with. It takes the package from the same tarball. */
async function startProject(consumer: string): Promise<void> {
  const project = join(folder, 'trips');
  run('npx', ['--no-install', 'perdura', 'new', project], consumer);
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefer-offline'], project);
  run('npm', ['test', '--silent'], project);
  const dev = spawn('npm', ['run', '--silent', 'dev'], {
    cwd: project,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  // npm, node --watch and the server, together. Where the server ends, node --watch waits for a change.
  const end = (): void => void process.kill(-(dev.pid as number));
  const limit = setTimeout(end, 60_000);
  const gone = once(dev, 'exit');
  const said: string[] = [];
  try {
    for await (const line of createInterface(dev.stderr)) {
      said.push(line);
      const [, url] = /^Listening on (.+)/.exec(line) ?? [];
      if (url === undefined) continue;
      for (const path of ['/health/live', '/dashboard']) {
        const { ok } = await fetch(new URL(path, url));
        if (!ok) throw new Error(`${path} of ${url} does not answer.`);
      }
      console.log('a new project: compiled, tested, and served by npm run dev');
      return;
    }
    throw new Error(['"npm run dev" of a new project did not listen. Correct examples/starter:', ...said].join('\n'));
  } finally {
    clearTimeout(limit);
    if (dev.exitCode === null && dev.signalCode === null) end();
    await gone;
  }
}

try {
  const packed = pack();
  const tarball = join(folder, packed.filename);
  checkFiles(packed);
  run('npx', ['--no-install', 'publint', 'run', tarball, '--strict'], ROOT);
  const consumer = join(folder, 'consumer');
  useIt(tarball, consumer);
  await startProject(consumer);
} catch (error) {
  // What failed has said why on its own output; a stack of this script would only bury it.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
