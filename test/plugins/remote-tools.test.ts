import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { IsString } from 'class-validator';
import {
  Agent,
  type AgentToolSource,
  type App,
  createApp,
  type CallContext,
  Injectable,
  type Plugin,
  Tool,
} from 'perdura';
import { serveHttp } from 'perdura/http';
import { type ScriptedModel, scriptedModel, type ScriptedTurn } from 'perdura/testing';
import { checkedConnect as connect } from '../checked-connect.js';
import { remoteTools, type RemoteToolsOptions } from '../../plugins/remote-tools/index.js';
import { freePort } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const MOODY = join(__dirname, '../fixtures/moody-server.mjs');

/** A program of node's, in the revision that it is known to speak: to find that out costs a second start. */
const program = (file: string, ...args: readonly string[]): Pick<RemoteToolsOptions, 'server' | 'revision'> => ({
  server: { command: process.execPath, args: [file, ...args], stderr: 'ignore' },
  revision: '2025-11-25',
});

const reports: unknown[] = [];

@Agent({ instructions: 'Use the tools.', maxTurns: 6 })
class Worker {}

/** Runs the agent once over the tools of `remote`, and tells what its tools came back with. */
async function run(app: App): Promise<{ text: string; isError: boolean }> {
  const client = await connect(app, { revision: '2026-07-28' });
  const { content, isError } = await client.callTool('work');
  const [block] = content;
  return { text: block?.type === 'text' ? block.text : '', isError: isError === true };
}

async function appWith(remote: ReturnType<typeof remoteTools>, model: ScriptedModel, isUsed = true): Promise<App> {
  @Tool({ name: 'work', description: 'Has an agent work.' })
  class Work {
    async call(_: object, ctx: CallContext): Promise<string> {
      const tools: readonly AgentToolSource[] = [remote];
      const { messages } = await ctx.agent(Worker, { prompt: 'Go on.', tools });
      const blocks = messages.flatMap(({ content }) => content);
      return JSON.stringify(blocks.filter(({ type }) => type === 'tool_result'));
    }
  }
  const use = [Work, Worker, ...(isUsed ? [remote] : [])];
  return createApp({ name: 'main', version: '1.0.0', use, model, report: (error) => reports.push(error) });
}

/** A script in which each turn calls one tool. */
const calls = (...names: readonly string[]): ScriptedTurn[] => [
  ...names.map((name) => ({ calls: [{ name }] })),
  'done',
];

describe('The tools of a server that nobody here wrote', () => {
  it('are used by an agent: server-everything', async () => {
    const remote = remoteTools({
      name: 'everything',
      ...program(require.resolve('@modelcontextprotocol/server-everything/dist/index.js')),
      allow: ['echo', 'get-sum'],
      prefix: 'all_',
    });
    const model = scriptedModel([
      {
        calls: [
          { name: 'all_get-sum', input: { a: 2, b: 3 } },
          { name: 'all_echo', input: { message: 'hello' } },
          { name: 'all_get-env' },
          { name: 'all_echo', input: { message: 7 } },
        ],
      },
      'done',
    ]);
    const app = await appWith(remote, model);
    const results = JSON.parse((await run(app)).text) as readonly { readonly isError?: boolean }[];
    await app.close();
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['all_echo', 'all_get-sum']);
    expect(results.map(({ isError }) => isError === true)).toEqual([false, false, true, true]);
    expect(JSON.stringify(results[0])).toContain('5');
    expect(JSON.stringify(results[1])).toContain('Echo: hello');
    expect(JSON.stringify(results[2])).toContain('There is no such tool');
  });

  it('are used by an agent: server-filesystem', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'perdura-files-')));
    await writeFile(join(folder, 'note.txt'), 'Remember the milk.');
    const remote = remoteTools({
      name: 'files',
      ...program(require.resolve('@modelcontextprotocol/server-filesystem/dist/index.js'), folder),
      allow: ['read_text_file'],
    });
    const path = join(folder, 'note.txt');
    const outside = join(folder, '../other.txt');
    const model = scriptedModel([
      { calls: [path, outside].map((file) => ({ name: 'read_text_file', input: { path: file } })) },
      'done',
    ]);
    const app = await appWith(remote, model);
    const results = JSON.parse((await run(app)).text) as readonly { readonly isError?: boolean }[];
    await app.close();
    await rm(folder, { recursive: true });
    expect(results).toMatchObject([{ content: [{ text: 'Remember the milk.' }] }, { isError: true }]);
  });
});

describe('A remote server over stdio', () => {
  const allow = ['pid', 'die', 'vanish', 'big', 'structure', 'fail', 'env'];
  const moody = (options: Partial<RemoteToolsOptions> = {}): ReturnType<typeof remoteTools> =>
    remoteTools({ name: 'moody', ...program(MOODY), allow, ...options });
  const resultsOf = async (app: App): Promise<readonly Result[]> => JSON.parse((await run(app)).text) as Result[];

  it('is started again once it has died, and ends with the app', async () => {
    const app = await appWith(moody(), scriptedModel(calls('pid', 'die', 'pid')));
    const [first, died, second] = await resultsOf(app);
    expect(died?.isError).toBe(true);
    expect(textOf(died)).toContain('The server "moody" did not answer the call of "die"');
    expect(textOf(second)).not.toBe(textOf(first));
    expect(isAlive(Number(textOf(second)))).toBe(true);
    await app.close();
    await until(() => !isAlive(Number(textOf(second))));
  });

  it('is not started before an agent needs it', async () => {
    const app = await appWith(moody({ server: { command: '/does/not/exist' } }), scriptedModel(['done']));
    const client = await connect(app, { revision: '2026-07-28' });
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['work']);
    const { text, isError } = await run(app);
    await app.close();
    expect(isError).toBe(true);
    expect(text).toContain('The tools of the server "moody" cannot be used (it cannot be reached)');
    expect(text).not.toContain('ENOENT');
  });

  it('is believed nothing: what it sends is bounded, its errors are tool errors, its _meta stays behind', async () => {
    const model = scriptedModel(calls('big', 'fail', 'structure', 'vanish', 'pid'));
    const app = await appWith(moody(), model);
    const [big, fail, structure, vanish, pid] = await resultsOf(app);
    await app.close();
    expect(textOf(big)).toMatch(/^The result has \d+ bytes; the limit is 262144/);
    expect(fail).toMatchObject({ isError: true, content: [{ text: 'It failed.' }] });
    expect(structure).toMatchObject({ content: [{ text: '{"answer":42}' }] });
    expect(JSON.stringify(structure)).not.toContain('example.com');
    expect(textOf(vanish)).toBe('gone');
    expect(pid?.isError).toBe(true);
    expect(textOf(pid)).toContain('error -32602');
    expect(model.requests[0]?.tools?.[0]?.description).toHaveLength(4096);
  });

  it('is given of the environment what is named, and nothing else', async () => {
    process.env['PERDURA_TEST_SECRET'] = 'do-not-pass';
    process.env['PERDURA_TEST_NAMED'] = 'pass';
    const { server } = program(MOODY);
    const named = { ...server, passEnv: ['PERDURA_TEST_NAMED', 'PERDURA_TEST_ABSENT'], env: { OWN: 'value' } };
    const app = await appWith(moody({ server: named as RemoteToolsOptions['server'] }), scriptedModel(calls('env')));
    const [env] = await resultsOf(app);
    await app.close();
    delete process.env['PERDURA_TEST_SECRET'];
    delete process.env['PERDURA_TEST_NAMED'];
    expect(JSON.parse(textOf(env))).toMatchObject({ OWN: 'value', PERDURA_TEST_NAMED: 'pass' });
    expect(textOf(env)).not.toContain('do-not-pass');
  });

  it('does not say more to the model by the schemas of its tools than by their descriptions', async () => {
    const app = await appWith(moody({ allow: ['pid', 'wordy'] }), scriptedModel(['done']));
    const { text } = await run(app);
    await app.close();
    expect(text).toContain('a tool has an input schema that is too large');
    expect(inspect(reports.at(-1))).toContain('"wordy"');
  });

  it('that has none of the allowed tools is an error, which the report explains', async () => {
    const app = await appWith(moody({ allow: ['pidd'] }), scriptedModel(['done']));
    const { text } = await run(app);
    await app.close();
    expect(text).toContain('it has none of the tools that it should have');
    expect(inspect(reports.at(-1))).toContain('allowed are pidd');
  });

  it('keeps an app from starting whose agent names it and that does not list it', async () => {
    const remote = moody();
    @Agent({ instructions: 'Use the tools.', tools: [remote] })
    class Named {}
    const options = { name: 'main', version: '1.0.0', model: scriptedModel([]) };
    await expect(createApp({ ...options, use: [Named] })).rejects.toMatchObject({
      mistakes: [
        { code: 'PLUGIN_MISTAKE', message: expect.stringContaining('Add it to createApp({ use })') as string },
      ],
    });
    // A plugin may bring along another one's tools together with the agent that uses them.
    const crew: Plugin = {
      name: 'crew',
      async setup(host) {
        await remote.setup(host);
        host.use(Named);
      },
    };
    await (await createApp({ ...options, use: [crew] })).close();
  });

  it('must be listed in the app, and must allow something', async () => {
    const app = await appWith(moody(), scriptedModel(['done']), false);
    expect((await run(app)).isError).toBe(true);
    await app.close();
    await expect(appWith(moody({ allow: [] }), scriptedModel([]))).rejects.toMatchObject({
      mistakes: [{ code: 'PLUGIN_MISTAKE' }],
    });
  });
});

describe('A remote server over HTTP', () => {
  class Words {
    @IsString() words!: string;
  }

  @Injectable()
  class Shouter {
    @Tool({ name: 'shout', description: 'Shouts.', input: Words })
    shout({ words }: Words, { principal, revision }: CallContext): string {
      return `${words.toUpperCase()}! (${principal.subject} on ${revision})`;
    }

    @Tool({ name: 'recite', description: 'Recites without end.' })
    recite(): string {
      return 'x'.repeat(11 * 1024 * 1024);
    }
  }

  it('is called with the headers that it asks for, in the newest revision that it speaks', async () => {
    const other = await createApp({
      name: 'other',
      version: '1.0.0',
      use: [Shouter],
      limits: { resultBytes: 2 ** 24 },
    });
    const served = await serveHttp(other, {
      port: 0,
      authenticate({ headers }) {
        if (headers.authorization !== 'Bearer token-1') throw new Error('Who is this?');
        return { owner: 'worker', subject: 'worker', scopes: [] };
      },
    });
    const remote = remoteTools({
      name: 'other',
      server: { url: served.url, headers: () => Promise.resolve({ authorization: 'Bearer token-1' }) },
      allow: ['shout', 'recite'],
    });
    const model = scriptedModel([{ calls: [{ name: 'shout', input: { words: 'hey' } }, { name: 'recite' }] }, 'done']);
    const app = await appWith(remote, model);
    const { text } = await run(app);
    await app.close();
    await served.close();
    await other.close();
    expect(JSON.parse(text)).toMatchObject([
      { content: [{ text: 'HEY! (worker on 2026-07-28)' }] },
      // More than a message may have: it is cut off while it comes.
      { isError: true, content: [{ text: expect.stringMatching(/^The server "other" did not answer/) as string }] },
    ]);
  });
});

describe('A remote server over HTTP with sessions', () => {
  @Tool({ name: 'where', description: 'Names the server.' })
  class Where {
    call(_: object, ctx: CallContext): string {
      return String(ctx.callId.length > 0);
    }
  }

  it('is given a new session where it has forgotten the one that there was', async () => {
    const port = await freePort();
    const serve = async () => {
      const app = await createApp({ name: 'other', version: '1.0.0', use: [Where] });
      const served = await serveHttp(app, { port });
      const close = async (): Promise<void> => {
        await served.close();
        await app.close();
      };
      return { url: served.url, close };
    };
    const first = await serve();
    const remote = remoteTools({ name: 'other', server: { url: first.url }, allow: ['where'], revision: '2025-11-25' });
    const app = await appWith(remote, scriptedModel([...calls('where'), ...calls('where')]));
    expect(JSON.parse((await run(app)).text)).toMatchObject([{ content: [{ text: 'true' }] }]);
    await first.close();
    const second = await serve();
    // The connection to the first one may still be found broken once.
    let text = '';
    await until(async () => ({ text } = await run(app)).isError === false);
    expect(JSON.parse(text)).toMatchObject([{ content: [{ text: 'true' }] }]);
    await app.close();
    await second.close();
  });
});

interface Result {
  readonly isError?: boolean;
  readonly content: readonly { readonly text?: string }[];
}

const textOf = (result: Result | undefined): string => result?.content[0]?.text ?? '';

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
