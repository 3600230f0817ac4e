import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { HELP, readOptions, UsageError } from '../../examples/research/client/options.js';

const ROOT = resolve(__dirname, '../..');
const STORM = 'What does the harbour do in a storm?';
const QUESTION = 'How does ioredis reconnect after its connection is lost?';

interface Facts {
  readonly question: string;
  readonly revision: string;
  readonly transport: string;
  readonly report: string;
  readonly citations: readonly { readonly path: string; readonly line: number; readonly quote: string }[];
  readonly agents: number;
  readonly turns: number;
  readonly toolCalls: number;
  readonly repeatedTurns: number;
  readonly stderr: string;
}

/** Runs the demo as a person would, in a process of its own. */
async function demo(...args: readonly string[]) {
  const command = ['--import', '@swc-node/register/esm-register', 'examples/research/demo.ts', ...args];
  const { INIT_CWD: _, ...env } = process.env;
  const child = spawn(process.execPath, command, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

async function demoJson(...args: readonly string[]): Promise<Facts> {
  const { code, stdout, stderr } = await demo(...args, '--json');
  if (code !== 0) throw new Error(`The demo ended with ${code}: ${stderr}`);
  return { ...(JSON.parse(stdout) as Omit<Facts, 'stderr'>), stderr };
}

async function expectTrue(citations: Facts['citations'], folder: string): Promise<void> {
  for (const { path, line, quote } of citations) {
    const text = (await readFile(join(folder, path), 'utf8')).split('\n')[line - 1];
    expect(text).toContain(quote);
  }
}

jest.setTimeout(120_000);

describe('the research demo over the documentation in node_modules', () => {
  it('answers with true citations, and repeats no turn', async () => {
    const facts = await demoJson(QUESTION);
    expect(facts).toMatchObject({ question: QUESTION, revision: '2026-07-28', transport: 'http', repeatedTurns: 0 });
    expect(new Set(facts.citations.map(({ path, line }) => `${path}:${line}`)).size).toBeGreaterThanOrEqual(3);
    await expectTrue(facts.citations, ROOT);
    for (const { path, line } of facts.citations) expect(facts.report).toContain(`${path}:${line}`);
    expect(facts.agents).toBeGreaterThanOrEqual(4);
    expect(facts.turns).toBeGreaterThan(facts.agents);
    expect(facts.toolCalls).toBeGreaterThan(facts.agents);
  });
});

describe('the research demo over a folder of one’s own', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'research-'));
    await mkdir(join(folder, 'guide'));
    await writeFile(
      join(folder, 'guide', 'storms.md'),
      '# Storms\n\nWhen a storm is announced, the harbour closes its gate.\nDuring a storm no boat leaves the harbour.\n\n' +
        'After the storm the harbour opens its gate again.\n',
    );
    await writeFile(join(folder, 'bakery.txt'), 'The bakery opens at six.\n');
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('answers over stdio, equally on both revisions, and shows its agents while they work', async () => {
    const asked = [STORM, '--library', folder, '--stdio', '--era'];
    const [older, newer] = await Promise.all([demoJson(...asked, '2025-11-25'), demoJson(...asked, '2026-07-28')]);
    expect(older).toMatchObject({ revision: '2025-11-25', transport: 'stdio', repeatedTurns: 0 });
    expect({ ...newer, stderr: '' }).toEqual({ ...older, revision: '2026-07-28', stderr: '' });
    expect(older.citations.map(({ path, line }) => `${path}:${line}`)).toEqual(
      expect.arrayContaining(['guide/storms.md:3', 'guide/storms.md:4', 'guide/storms.md:6']),
    );
    await expectTrue(older.citations, folder);
    for (const { stderr } of [older, newer]) {
      expect(stderr).toMatch(/planner, turn 1: \d parts/);
      expect(stderr).toMatch(/researcher 1, turn 1: search "/);
      expect(stderr).toMatch(/researcher 1, turn \d: \d claims/);
      expect(stderr).toMatch(/editor, turn 1: \d claims/);
    }
  });

  it('says that the library has no answer, cites nothing and succeeds', async () => {
    const { code, stdout } = await demo('What is the capital of Atlantis?', '--library', folder);
    expect(code).toBe(0);
    expect(stdout).toContain('The library has no answer to this question.');
    expect(stdout).not.toMatch(/:\d+/);
  });

  describe('with a model that misquotes', () => {
    let server: Server;
    let url: string;

    beforeAll(async () => {
      const invented = { text: 'Boats fly.', path: 'guide/storms.md', line: 3, quote: 'boats fly over the gate' };
      const real = { text: 'The gate closes.', path: 'guide/storms.md', line: 3, quote: 'closes its gate' };
      server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const asksForPlan = Buffer.concat(chunks).toString().includes('planner of a research team');
          const value = asksForPlan ? { parts: ['What happens?'] } : { claims: [invented, real] };
          const message = { content: JSON.stringify(value) };
          response.setHeader('content-type', 'application/json');
          response.end(JSON.stringify({ choices: [{ finish_reason: 'stop', message }] }));
        });
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    });

    afterAll(() => new Promise((done) => server.close(done)));

    it('drops the claim whose quote is not on its line and prints the true one', async () => {
      const model = ['--model', 'liar', '--model-url', url];
      const { code, stdout } = await demo(STORM, '--library', folder, '--era', '2025-11-25', ...model);
      expect(code).toBe(0);
      expect(stdout).toBe(`\n# ${STORM}\n\n- The gate closes. (\`guide/storms.md:3\`)\n  > \` closes its gate \`\n`);
    });
  });

  it('names the model’s own failure and ends with an error', async () => {
    const nobody = 'http://127.0.0.1:1/v1';
    const { code, stderr } = await demo('Why?', '--library', folder, '--model', 'm', '--model-url', nobody);
    expect(code).toBe(1);
    expect(stderr).toContain(`${nobody}: The model "m" gave no answer (the connection failed`);
  });
});

describe('the command line of the research demo', () => {
  it.each([
    [[], 'There is no question: pass it in quotes, as in npm run demo -- "QUESTION".'],
    [['two', 'words'], 'There is more than one question: put the whole question in quotes.'],
    [['Why?', '--era', '2024-11-05'], 'There is no era "2024-11-05": use 2025-11-25 or 2026-07-28.'],
    [['Why?', '--library', 'no/such/folder'], 'There is no folder "no/such/folder": give --library one that exists.'],
    [['Why?', '--model', 'm'], 'Give --model and --model-url together.'],
    [['Why?', '--look', '--stdio'], 'Over stdio there is no page to look at: leave out --look or --stdio.'],
    [['Why?', '--loud'], "Unknown option '--loud': see --help."],
  ])('refuses %j in one sentence', (args, sentence) => {
    expect(() => readOptions(args)).toThrow(new UsageError(sentence));
  });

  it('ends with a code and that sentence alone where it is refused', async () => {
    const sentence = 'There is no question: pass it in quotes, as in npm run demo -- "QUESTION".\n';
    expect(await demo()).toEqual({ code: 2, stdout: '', stderr: sentence });
  });

  it('explains itself', () => {
    expect(readOptions(['--help'])).toBeUndefined();
    for (const option of ['--era', '--stdio', '--library', '--model', '--model-url', '--json']) {
      expect(HELP).toContain(option);
    }
  });
});
