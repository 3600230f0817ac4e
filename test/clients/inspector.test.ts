import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type HttpServer, serveHttp } from 'perdura/http';
import { deskApp } from '../fixtures/desk-app.js';

const run = promisify(execFile);
const INSPECTOR = 'node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js';

// The Inspector needs Node 22; the registry serves one to older machines.
const NODE = Number(process.versions.node.split('.')[0]) >= 22 ? [process.execPath] : ['npx', '-y', 'node@24'];

describe.each(['legacy', 'modern'] as const)("the Inspector's command line on the %s era", (era) => {
  let server: HttpServer;
  let home: string;

  const inspect = async (...args: string[]): Promise<Record<string, unknown>> => {
    const [command = '', ...prefix] = NODE;
    const { stdout } = await run(
      command,
      [...prefix, INSPECTOR, '--cli', server.url, '--transport', 'http', '--protocol-era', era, ...args],
      { env: { ...process.env, MCP_CATALOG_PATH: join(home, 'catalog.json') }, timeout: 60_000 },
    );
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'perdura-inspector-'));
    server = await serveHttp(await deskApp(), { port: 0 });
  });

  afterAll(async () => {
    await server.close();
    rmSync(home, { recursive: true });
  });

  it('lists tools', async () => {
    const { tools } = (await inspect('--method', 'tools/list')) as { tools: { name: string }[] };
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(['add', 'greet', 'count_slowly']));
  }, 90_000);

  it('calls a tool', async () => {
    const result = await inspect(
      '--method',
      'tools/call',
      '--tool-name',
      'add',
      '--tool-arg',
      'a=2',
      '--tool-arg',
      'b=40',
    );
    expect(result['structuredContent']).toEqual({ sum: 42 });
  }, 90_000);

  it('reads a resource', async () => {
    const { contents } = (await inspect('--method', 'resources/read', '--uri', 'note://12')) as { contents: unknown[] };
    expect(contents[0]).toMatchObject({ uri: 'note://12', text: 'Note 12' });
  }, 90_000);

  it('gets a prompt', async () => {
    const args = ['--prompt-name', 'letter', '--prompt-args', 'to=Bob', '--prompt-args', 'tone=warm'];
    const { messages } = (await inspect('--method', 'prompts/get', ...args)) as { messages: unknown[] };
    expect(messages[0]).toMatchObject({ content: { text: 'Write a warm letter to Bob.' } });
  }, 90_000);
});
