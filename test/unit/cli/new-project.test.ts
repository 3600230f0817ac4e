import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { newProject } from '../../../framework/cli/new-project.js';

const ROOT = resolve(__dirname, '../../..');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifestIn = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;

const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true })).map((path) => path.replaceAll('\\', '/')).sort();

describe('perdura new', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perdura-new-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('writes the whole template under the name of the folder', async () => {
    const project = join(folder, 'trips');
    await expect(newProject(project, ROOT)).resolves.toBe('trips');
    const template = await filesIn(join(ROOT, 'examples/starter'));
    expect(await filesIn(project)).toEqual(template.map((path) => (path === 'gitignore' ? '.gitignore' : path)).sort());
    expect((await manifestIn(project)).name).toBe('trips');
    for (const path of ['README.md', 'src/app.ts']) {
      const text = await readFile(join(project, path), 'utf8');
      expect(text).toContain('trips');
      expect(text).not.toContain('starter');
    }
  });

  it('asks for the versions that this package is made with', async () => {
    await newProject(join(folder, 'trips'), ROOT);
    const { version, dependencies, devDependencies } = await manifestIn(ROOT);
    const made = await manifestIn(join(folder, 'trips'));
    expect(made.dependencies).toEqual({
      'class-validator': `^${dependencies['class-validator']}`,
      perdura: `^${version}`,
    });
    const development = Object.entries(made.devDependencies);
    expect(development.length).toBeGreaterThan(0);
    for (const [name, range] of development) expect(range).toBe(`^${devDependencies[name]}`);
  });

  it('takes perdura from the tarball that it was installed from', async () => {
    const modules = join(folder, 'node_modules');
    await mkdir(join(modules, 'perdura/examples'), { recursive: true });
    for (const path of ['package.json', 'examples/starter']) {
      await cp(join(ROOT, path), join(modules, 'perdura', path), { recursive: true });
    }
    const install = (resolved: string) =>
      writeFile(
        join(modules, '.package-lock.json'),
        JSON.stringify({ packages: { 'node_modules/perdura': { resolved } } }),
      );
    await install('https://registry.example.com/perdura-1.0.0.tgz');
    await newProject(join(folder, 'published'), join(modules, 'perdura'));
    expect((await manifestIn(join(folder, 'published'))).dependencies['perdura']).toMatch(/^\^\d/);
    await install('file:../packed.tgz');
    await newProject(join(folder, 'packed'), join(modules, 'perdura'));
    const tarball = resolve(folder, '../packed.tgz');
    expect((await manifestIn(join(folder, 'packed'))).dependencies['perdura']).toBe(`file:${tarball}`);
  });

  it.each(['Trips', 'my trips', '.trips', 'perdura', 'typescript', 'node_modules', 'trips'.repeat(30)])(
    'refuses the name %j, and makes no folder',
    async (name) => {
      await expect(newProject(join(folder, name), ROOT)).rejects.toMatchObject({ code: 'ILLEGAL_PROJECT_NAME' });
      expect(await filesIn(folder)).toEqual([]);
    },
  );

  it('leaves alone a folder that holds something, and a file', async () => {
    await writeFile(join(folder, 'taken'), 'mine');
    await mkdir(join(folder, 'full'));
    await writeFile(join(folder, 'full/package.json'), '{}');
    for (const name of ['taken', 'full']) {
      await expect(newProject(join(folder, name), ROOT)).rejects.toMatchObject({ code: 'PROJECT_FOLDER_TAKEN' });
    }
    expect(await filesIn(folder)).toEqual(['full', 'full/package.json', 'taken']);
    expect(await readFile(join(folder, 'full/package.json'), 'utf8')).toBe('{}');
  });

  it('takes a folder in which nothing but a repository was begun', async () => {
    const project = join(folder, 'trips');
    await mkdir(join(project, '.git'), { recursive: true });
    await newProject(project, ROOT);
    expect(await filesIn(project)).toContain('src/app.ts');
  });

  const perdura = (...args: readonly string[]) => {
    const program = ['--import', '@swc-node/register/esm-register', 'framework/cli/main.ts'];
    return spawnSync(process.execPath, [...program, ...args], { cwd: ROOT, encoding: 'utf8' });
  };

  it('says how to go on, in a line for a shell that has to find a folder with a space', () => {
    const project = join(folder, 'my servers', 'trips');
    const { status, stdout } = perdura('new', project);
    expect(status).toBe(0);
    expect(stdout).toContain(`  cd "${project}"\n  npm install\n`);
  });

  it('says what is wrong in one line, and fails', () => {
    const { status, stdout, stderr } = perdura('serve');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^perdura: "perdura serve" is no command\. .*perdura new <folder>/m);
    expect(stderr).not.toContain('    at ');
  });
});
