import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type App, type BootError, createApp, type Json } from 'perdura';
import type { TestClient } from 'perdura/testing';
import { skills } from 'perdura/plugins/skills';
import { checkedConnect as connect } from '../checked-connect.js';

const manifest = (name: string, extra = ''): string =>
  `---\nname: ${name}\ndescription: About ${name}.\n${extra}---\n\n# ${name}\n`;

const FILES: Readonly<Record<string, string | Buffer>> = {
  'acme/billing/refunds/SKILL.md': manifest(
    'refunds',
    'license: Apache-2.0\nmetadata:\n  version: "2.1"\n  since: 2024-01-02\n',
  ),
  'acme/billing/refunds/examples/late fee.md': 'Dear customer\r\n',
  'acme/billing/refunds/examples/seal.bin': Buffer.from([0, 255, 254, 7]),
  'acme/billing/refunds/examples/eu/SKILL.md': manifest('eu'),
  'acme/billing/refunds/.git/HEAD': 'ref: refs/heads/main\n',
  'git-workflow/SKILL.md': manifest('git-workflow'),
  'loose.md': 'belongs to no skill',
};

async function folderOf(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skills-'));
  const written = Object.entries(files).map(async ([path, content]) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  });
  await Promise.all(written);
  return folder;
}

interface Entry {
  readonly uri: string;
  readonly frontmatter: Readonly<Record<string, Json>>;
  readonly resources: readonly { readonly uri: string; readonly digest: string; readonly size: number }[];
}

/** What no official schema knows. */
const OWN = ['skills/list', 'skills/get', 'resources/directory/read'];
const REFUNDS = 'skill://acme/billing/refunds';

describe.each(['2025-11-25', '2026-07-28'] as const)('Skills on %s', (revision) => {
  let folder: string;
  let app: App;
  let client: TestClient;
  beforeAll(async () => {
    folder = await folderOf(FILES);
    app = await createApp({ name: 'skilled', version: '1.0.0', use: [skills({ folder, pageSize: 2 })] });
    client = await connect(app, { revision, own: OWN });
  });
  afterAll(async () => {
    await client.close();
    await app.close();
    await rm(folder, { recursive: true });
  });

  const entries = async (): Promise<Entry[]> => {
    const first = await client.request('skills/list', {});
    const second = await client.request('skills/list', { cursor: first['nextCursor'] });
    expect(second['nextCursor']).toBeUndefined();
    return [...(first['skills'] as Entry[]), ...(second['skills'] as Entry[])];
  };
  const contentsAt = async (uri: string): Promise<{ text?: string; blob?: string; mimeType?: string }> =>
    (await client.readResource(uri)).contents[0] as { text?: string; blob?: string; mimeType?: string };

  it('are declared with the resources that they are read as', async () => {
    const { capabilities } =
      revision === '2026-07-28'
        ? await client.request('server/discover')
        : (
            client.messages.find(({ method }) => method === 'initialize')?.message as unknown as {
              result: { capabilities: object };
            }
          ).result;
    expect(capabilities).toMatchObject({
      resources: {},
      extensions: { 'io.modelcontextprotocol/skills': { directoryRead: true } },
    });
  });

  it('are listed in pages, each whole, with their frontmatter as it is written', async () => {
    const listed = await entries();
    expect(listed.map(({ uri }) => uri)).toEqual([
      `${REFUNDS}/SKILL.md`,
      `${REFUNDS}/examples/eu/SKILL.md`,
      'skill://git-workflow/SKILL.md',
    ]);
    expect(listed[0]?.frontmatter).toEqual({
      name: 'refunds',
      description: 'About refunds.',
      license: 'Apache-2.0',
      metadata: { version: '2.1', since: '2024-01-02' },
    });
    // A nested skill's files are the enclosing one's too; hidden files are nobody's.
    expect(listed[0]?.resources.map(({ uri }) => uri)).toEqual([
      `${REFUNDS}/SKILL.md`,
      `${REFUNDS}/examples/eu/SKILL.md`,
      `${REFUNDS}/examples/late%20fee.md`,
      `${REFUNDS}/examples/seal.bin`,
    ]);
  });

  it('serve each file with exactly the bytes that its digest and size were made of', async () => {
    for (const { resources } of await entries()) {
      for (const { uri, digest, size } of resources) {
        const { text, blob } = await contentsAt(uri);
        const bytes = text === undefined ? Buffer.from(String(blob), 'base64') : Buffer.from(text);
        expect({
          uri,
          size: bytes.length,
          digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
        }).toEqual({
          uri,
          size,
          digest,
        });
      }
    }
  });

  it('are ordinary resources to clients that know nothing of skills', async () => {
    const listed = await client.listResources();
    expect(listed.map(({ name }) => name)).toEqual(['refunds', 'eu', 'git-workflow']);
    expect(listed[0]).toMatchObject({
      uri: `${REFUNDS}/SKILL.md`,
      description: 'About refunds.',
      mimeType: 'text/markdown',
    });
    expect(await contentsAt(`${REFUNDS}/examples/seal.bin`)).toMatchObject({ mimeType: 'application/octet-stream' });
  });

  it('give one entry for the URI of a SKILL.md, and refuse every other', async () => {
    const [first] = await entries();
    const got = await client.request('skills/get', { uri: `${REFUNDS}/SKILL.md` });
    expect(got['skill']).toEqual(first);
    expect(got).not.toHaveProperty('nextCursor');
    for (const uri of ['skill://nobody/SKILL.md', REFUNDS, `${REFUNDS}/examples/seal.bin`]) {
      await expect(client.request('skills/get', { uri })).rejects.toMatchObject({ code: -32602 });
    }
    await expect(client.request('skills/get', {})).rejects.toMatchObject({ code: -32602 });
  });

  it('say how long a list may be kept where the revision has words for it', async () => {
    const cached = revision === '2026-07-28' ? { ttlMs: 300_000, cacheScope: 'public', resultType: 'complete' } : {};
    const { skills: _, nextCursor, ...rest } = await client.request('skills/list', {});
    expect(nextCursor).toEqual(expect.any(String));
    expect(rest).toEqual(revision === '2026-07-28' ? { ...cached, _meta: expect.anything() } : {});
    const { contents, ...about } = await client.readResource('skill://git-workflow/SKILL.md');
    expect(contents).toHaveLength(1);
    expect(about).toMatchObject(cached);
    expect('ttlMs' in about).toBe(revision === '2026-07-28');
  });

  it('let a client walk through their directories', async () => {
    const children = async (uri: string): Promise<unknown> =>
      (
        (await client.request('resources/directory/read', { uri }))['resources'] as { name: string; mimeType: string }[]
      ).map(({ name, mimeType }) => `${name} ${mimeType}`);
    expect(await children('skill://acme')).toEqual(['billing inode/directory']);
    expect(await children(REFUNDS)).toEqual(['refunds text/markdown', 'examples inode/directory']);
    expect(await children(`${REFUNDS}/examples`)).toEqual([
      'eu inode/directory',
      'late fee.md text/markdown',
      'seal.bin application/octet-stream',
    ]);
    for (const uri of [`${REFUNDS}/SKILL.md`, `${REFUNDS}/`, `${REFUNDS}/nowhere`, 'skill://acme/../acme']) {
      await expect(client.request('resources/directory/read', { uri })).rejects.toMatchObject({ code: -32602 });
    }
  });

  it('refuse a cursor that was given out for another list', async () => {
    const cursor = Buffer.from('resources:2').toString('base64url');
    await expect(client.request('skills/list', { cursor })).rejects.toMatchObject({ code: -32602 });
  });

  it.each([
    'skill://loose.md',
    'skill://acme/billing/refunds/.git/HEAD',
    'skill://git-workflow/../../etc/passwd',
    'skill://git-workflow/%2e%2e/loose.md',
    'skill://git-workflow/%2Fetc%2Fpasswd',
    'skill://git-workflow/SKILL.md%00',
  ])('serve nothing at %s', async (uri) => {
    const code = revision === '2026-07-28' ? -32602 : -32002;
    await expect(client.readResource(uri)).rejects.toMatchObject({ code });
  });

  it('complete the path of a file', async () => {
    const { completion } = (await client.request('completion/complete', {
      ref: { type: 'ref/resource', uri: 'skill://{+path}' },
      argument: { name: 'path', value: 'git' },
    })) as { completion: { values: string[] } };
    expect(completion.values).toEqual(['git-workflow/SKILL.md']);
  });
});

describe('A folder of skills', () => {
  const folders: string[] = [];
  afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

  const mistakesIn = async (
    files: Readonly<Record<string, string | Buffer>>,
    options: { fileBytes?: number; totalBytes?: number; pageSize?: number } = {},
    prepare: (folder: string) => Promise<void> = async () => undefined,
  ): Promise<readonly string[]> => {
    const folder = await folderOf(files);
    folders.push(folder);
    await prepare(folder);
    return createApp({ name: 'broken', version: '1.0.0', use: [skills({ folder, ...options })] }).then(
      async (app) => {
        await app.close();
        return [];
      },
      (error: BootError) => {
        expect(error.mistakes.every(({ code }) => code === 'PLUGIN_MISTAKE')).toBe(true);
        return error.mistakes.map(({ message }) => message);
      },
    );
  };

  it('keeps the app from starting for every broken skill at once', async () => {
    const wrong = await mistakesIn({
      'SKILL.md': manifest('root'),
      'no-head/SKILL.md': '# no head\n',
      'no-yaml/SKILL.md': '---\nname: [\n---\n',
      'no-object/SKILL.md': '---\n- name\n---\n',
      'no-json/SKILL.md': manifest('no-json', 'weight: .inf\n'),
      'aliases/SKILL.md': manifest('aliases', 'a: &a [1]\nb: *a\n'),
      'Upper/SKILL.md': manifest('Upper'),
      'other/SKILL.md': manifest('another'),
      'silent/SKILL.md': '---\nname: silent\n---\n',
      'bytes/SKILL.md': Buffer.concat([Buffer.from(manifest('bytes')), Buffer.from([0xff])]),
      'good/SKILL.md': manifest('good'),
    });
    expect(wrong).toHaveLength(10);
    for (const path of [
      'Upper',
      'SKILL.md',
      'aliases',
      'bytes',
      'no-head',
      'no-json',
      'no-object',
      'no-yaml',
      'other',
      'silent',
    ]) {
      expect(
        wrong.filter((sentence) => sentence.startsWith(`The plugin "skills" cannot be used like this. ${path}`)),
      ).toHaveLength(1);
    }
  });

  it('is read no further than its root, whatever its links say', async () => {
    const outside = await folderOf({ 'secret.txt': 'secret', 'stolen/SKILL.md': manifest('stolen') });
    folders.push(outside);
    const wrong = await mistakesIn({ 'good/SKILL.md': manifest('good') }, {}, async (folder) => {
      await symlink(join(outside, 'secret.txt'), join(folder, 'good', 'secret.txt'));
      await symlink(join(outside, 'stolen'), join(folder, 'stolen'));
      await symlink(folder, join(folder, 'good', 'circle'));
      await symlink(join(folder, 'good'), join(folder, 'good', 'self'));
      await symlink(join(folder, 'nowhere'), join(folder, 'good', 'broken'));
    });
    expect(wrong).toEqual([
      expect.stringContaining('good/broken cannot be read'),
      expect.stringContaining('good/circle leads out of the folder'),
      expect.stringContaining('good/secret.txt leads out of the folder'),
      expect.stringContaining('good/self is nested in itself'),
      expect.stringContaining('stolen leads out of the folder'),
    ]);
  });

  it('may link within itself, as mounted configuration does', async () => {
    const wrong = await mistakesIn({ '..data/SKILL.md': manifest('linked') }, {}, async (folder) => {
      await mkdir(join(folder, 'linked'));
      await symlink(join(folder, '..data', 'SKILL.md'), join(folder, 'linked', 'SKILL.md'));
    });
    expect(wrong).toEqual([]);
  });

  it('is held to its limits', async () => {
    const files = { 'a/SKILL.md': manifest('a'), 'a/long.txt': 'x'.repeat(100), 'a/more.txt': 'x'.repeat(60) };
    expect(await mistakesIn(files, { fileBytes: 99 })).toEqual([expect.stringContaining('a/long.txt has 100 bytes')]);
    expect(await mistakesIn(files, { totalBytes: 160 })).toEqual([expect.stringContaining('With a/more.txt')]);
    const many = Object.fromEntries(Array.from({ length: 512 }, (_, index) => [`a/${index}.txt`, '']));
    expect(await mistakesIn({ ...many, 'a/SKILL.md': manifest('a') })).toEqual([expect.stringContaining('513 files')]);
  });

  it.each([{ pageSize: 0 }, { pageSize: NaN }, { fileBytes: -1 }, { totalBytes: 1.5 }])(
    'is not served with the option %p',
    async (options) => {
      const [option] = Object.keys(options);
      expect(await mistakesIn({ 'a/SKILL.md': manifest('a') }, options)).toEqual([
        expect.stringContaining(`"${option}" cannot be`),
      ]);
    },
  );

  it('may hold files of the largest size that is allowed, whatever is in them', async () => {
    const quotes = '"'.repeat(500 * 1024);
    const bytes = Buffer.alloc(500 * 1024, 0xff);
    const folder = await folderOf({ 'a/SKILL.md': manifest('a'), 'a/quotes.txt': quotes, 'a/bytes': bytes });
    folders.push(folder);
    const app = await createApp({ name: 'large', version: '1.0.0', use: [skills({ folder })] });
    const client = await connect(app, { revision: '2026-07-28', own: OWN });
    const read = async (path: string): Promise<unknown> => (await client.readResource(`skill://a/${path}`)).contents[0];
    expect(await read('quotes.txt')).toMatchObject({ text: quotes });
    expect(await read('bytes')).toMatchObject({ blob: bytes.toString('base64') });
    await app.close();
  });

  it('has to be there', async () => {
    const options = { name: 'none', version: '1.0.0', use: [skills({ folder: join(tmpdir(), 'no-such-folder') })] };
    await expect(createApp(options)).rejects.toMatchObject({ mistakes: [{ code: 'PLUGIN_MISTAKE' }] });
  });
});
