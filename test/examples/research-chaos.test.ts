import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import { Library } from '../../examples/research/library/library.js';
import { RedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const ROOT = resolve(__dirname, '../..');
const QUESTION = 'What does the harbour do in a storm?';
const STORMS =
  '# Storms\n\nWhen a storm is announced, the harbour closes its gate.\nDuring a storm no boat leaves the harbour.\n\n' +
  'After the storm the harbour opens its gate again.\n';

// Each run starts many processes, on a machine that may be doing other things.
jest.setTimeout(240_000);

/** How many keys a Redis has. */
async function keysOf({ url }: RedisServer): Promise<number> {
  const redis = new Redis(url);
  const count = await redis.dbsize();
  await redis.quit();
  return count;
}

const childrenOf = (pid: number): number[] =>
  execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)])
    .toString()
    .trim()
    .split(/\s+/u)
    .map(Number);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('the research demo with tasks in Redis', () => {
  let folder: string;
  let library: string;
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await RedisServer.start();
    folder = await mkdtemp(join(tmpdir(), 'research-chaos-'));
    library = await mkdtemp(join(folder, 'library-'));
    await writeFile(join(library, 'storms.md'), STORMS);
    await writeFile(join(library, 'bakery.txt'), 'The bakery opens at six.\n');
  });

  afterAll(async () => {
    await redis.stop();
    await rm(folder, { recursive: true });
  });

  /** Starts the demo; what it leaves behind would be in `folder`. */
  function start(...args: readonly string[]) {
    const command = ['--import', '@swc-node/register/esm-register', 'examples/research/demo.ts', QUESTION];
    const { INIT_CWD: _, ...env } = process.env;
    const child = spawn(process.execPath, [...command, '--library', library, ...args], {
      cwd: ROOT,
      env: { ...env, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    return { child, said };
  }

  async function demo(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { child, said } = start(...args, '--json');
    const [code] = (await once(child, 'close')) as [number];
    if (code !== 0) throw new Error(`The demo ended with ${code}: ${said.stderr}`);
    return { ...(JSON.parse(said.stdout) as Record<string, unknown>), stderr: said.stderr };
  }

  const leftovers = async (): Promise<string[]> =>
    (await readdir(folder)).filter((name) => name.startsWith('research-demo-'));

  it('writes the same report while its workers are killed as it does in peace, over stdio, and clears a Redis of others', async () => {
    const [calm, chaotic] = await Promise.all([
      demo('--stdio', '--redis', redis.url, '--workers', '1'),
      demo('--chaos'),
    ]);
    expect(calm).toMatchObject({ transport: 'stdio', workers: 1, kills: 0, repeatedTurns: 0 });
    expect(await keysOf(redis)).toBe(0);
    expect(chaotic).toMatchObject({ transport: 'http', workers: 2, repeatedTurns: 0 });
    expect(chaotic.kills).toBeGreaterThanOrEqual(2);
    expect(chaotic.report).toBe(calm.report);
    for (const facts of ['citations', 'agents', 'turns', 'toolCalls'] as const) {
      expect(chaotic[facts]).toEqual(calm[facts]);
    }
    expect(chaotic.stderr).toMatch(/kill 2: worker \d \(process \d+\), \d of 2 go on/);
    // What was done is told as one tree, whichever worker did it.
    expect(chaotic.stderr).toMatch(
      new RegExp(`task research · completed · ${String(chaotic.turns)} turns · ≈ \\d+ → \\d+ tokens`),
    );
    expect(chaotic.stderr).toMatch(/agent Checker · \d turns .*\n.*turn 1 · extractive/);
    expect(chaotic.turns).toBeGreaterThanOrEqual(25);
    expect(chaotic.agents).toBeGreaterThanOrEqual(5);
    expect(await leftovers()).toEqual([]);
  });

  it('leaves neither process nor folder behind when it is interrupted', async () => {
    const { child, said } = start('--chaos');
    await until(() => said.stderr.includes('kill 1:'), 60_000);
    const children = childrenOf(child.pid as number);
    expect(children.length).toBeGreaterThanOrEqual(3);
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    await until(() => children.every((pid) => !isAlive(pid)));
    expect(await leftovers()).toEqual([]);
  });

  it('says what to do where no Redis can be reached', async () => {
    const { child, said } = start('--redis', 'redis://127.0.0.1:1');
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(said.stderr).toContain('The Redis at 127.0.0.1:1 cannot be reached');
  });
});

describe('a library that was saved', () => {
  it('finds and reads what the one that saved it does', () => {
    const library = new Library();
    library.add('storms.md', STORMS);
    library.add('CHANGELOG.md', '# Storms\n\n- The gate closes in a storm.\n');
    library.add('bakery.md', '# Bakery\n\nIt opens at six.\n');
    const loaded = Library.load(library.save());
    expect(loaded.size).toEqual(library.size);
    for (const query of ['storm', 'gates of the harbour', 'harbour harbour opens', 'zeppelin', '']) {
      expect(loaded.search(query)).toEqual(library.search(query));
    }
    expect(loaded.search('storm')[0]?.path).toBe('storms.md');
    expect(loaded.read('storms.md', 3, 1)).toEqual(['When a storm is announced, the harbour closes its gate.']);
    expect(loaded.read('../storms.md', 1, 1)).toBeUndefined();
  });
});
