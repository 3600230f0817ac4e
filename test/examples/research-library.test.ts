import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Library } from '../../examples/research/library/library.js';
import { openLibrary } from '../../examples/research/library/open-library.js';
import { splitPassages } from '../../examples/research/library/passages.js';
import { stem, stemsOf } from '../../examples/research/words.js';

const GUIDE = `# Otters

Otters hold hands while they sleep.
They do so to stay together.

## Food

\`\`\`js
# not a heading

eat('urchins');
\`\`\`

Sea otters crack urchins with stones.
`;

describe('the library of the research example', () => {
  let root: string;
  let library: Library;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'library-'));
    const folder = join(root, 'documents');
    await mkdir(join(folder, 'deep', 'deeper'), { recursive: true });
    await writeFile(join(root, 'secret.md'), 'The secret is outside.');
    await writeFile(join(folder, 'otters.md'), GUIDE);
    await writeFile(join(folder, 'deep', 'copy.md'), GUIDE);
    await writeFile(join(folder, 'windows.txt'), 'first line\r\nsecond line about beavers\r\n');
    await writeFile(join(folder, 'binary.md'), Buffer.from([0x6f, 0x74, 0, 0x74]));
    await writeFile(join(folder, 'large.md'), 'otter '.repeat(200_000));
    await writeFile(join(folder, 'program.js'), 'otters()');
    await writeFile(join(folder, 'deep', 'deeper', 'stones.rst'), 'Stones\n======\n\nStones are hard.\n');
    await symlink(folder, join(folder, 'deep', 'loop'));
    await symlink(root, join(folder, 'out'));
    await symlink(join(root, 'secret.md'), join(folder, 'secret.md'));
    await symlink(join(folder, 'nowhere'), join(folder, 'dangling.md'));
    library = await openLibrary({ folder, prefix: 'docs/' });
  });

  afterAll(() => rm(root, { recursive: true }));

  it('takes documents once, and neither binary, oversized, foreign nor outside files', () => {
    expect(library.size.documents).toBe(3);
    expect(library.read('docs/otters.md', 1, 1)).toEqual(['# Otters']);
    expect(library.read('docs/windows.txt', 2, 1)).toEqual(['second line about beavers']);
    expect(library.read('docs/deep/deeper/stones.rst', 4, 1)).toEqual(['Stones are hard.']);
  });

  it.each([
    '../secret.md',
    'docs/../../secret.md',
    'docs/secret.md',
    'docs/out/secret.md',
    '/etc/passwd',
    'docs/./otters.md',
    '__proto__',
    'docs/otters.md\0',
  ])('refuses to read %j', (path) => {
    expect(library.read(path, 1, 10)).toBeUndefined();
  });

  it('finds every form of a word and says exactly where it stands', () => {
    const [best] = library.search('cracking a stone');
    expect(best).toMatchObject({ path: 'docs/otters.md', heading: 'Otters > Food' });
    const lines = GUIDE.split('\n').slice((best?.line ?? 0) - 1, best?.endLine);
    expect(best?.text).toBe(lines.join('\n'));
    expect(best?.text).toContain('Sea otters crack urchins with stones.');
  });

  it('prefers passages that have all the words to one that repeats a single one', () => {
    const [best] = library.search('otters sleep hands');
    expect(best).toMatchObject({ path: 'docs/otters.md', line: 1 });
  });

  it('asks a document of that name first, and copies of a package last', () => {
    const shelf = new Library();
    shelf.add('node_modules/otter/node_modules/shell/README.md', 'A shell is opened.');
    shelf.add('node_modules/crab/README.md', 'A shell of a shell is a shell.');
    shelf.add('node_modules/shell/README.md', 'A shell is opened by hand.');
    expect(shelf.search('shell opened').map(({ path }) => path)).toEqual([
      'node_modules/shell/README.md',
      'node_modules/otter/node_modules/shell/README.md',
      'node_modules/crab/README.md',
    ]);
  });

  it('returns nothing for words that no document has', () => {
    expect(library.search('zeppelin')).toEqual([]);
    expect(library.search('...')).toEqual([]);
  });
});

describe('splitting a document into passages', () => {
  it('covers every line that has text exactly once', () => {
    const long = Array.from({ length: 400 }, (_, index) =>
      index % 7 === 0 ? '' : `line ${index} `.repeat(index % 13),
    );
    for (const lines of [GUIDE.split('\n'), long, ['```', 'never closed', '', '# text'], ['']]) {
      const covered = splitPassages(lines).flatMap(({ line, endLine }) =>
        Array.from({ length: endLine - line + 1 }, (_, index) => line + index),
      );
      expect(new Set(covered).size).toBe(covered.length);
      const written = lines.flatMap((text, index) => (text.trim() === '' ? [] : [index + 1]));
      expect(covered).toEqual(expect.arrayContaining(written));
    }
  });

  it('keeps a code block whole and does not take its comments for headings', () => {
    const passages = splitPassages(GUIDE.split('\n'));
    expect(passages.map(({ heading }) => heading)).toEqual(['Otters', 'Otters > Food']);
  });
});

describe('the words of a text', () => {
  it('meet at one stem in all their forms', () => {
    for (const forms of [
      ['reconnect', 'reconnects', 'reconnected', 'reconnecting', 'reconnection'],
      ['retry', 'retries', 'retried', 'retrying'],
      ['lose', 'loses', 'losing', 'lost'],
      ['find', 'finds', 'found'],
      ['validate', 'validates', 'validated', 'validating', 'validation', 'validator'],
    ]) {
      expect(new Set(forms.map(stem)).size).toBe(1);
    }
  });

  it('are found whole and in parts where they are compound', () => {
    expect(stemsOf('retryStrategy')).toEqual(expect.arrayContaining(['retrystrategi', 'retri', 'strategi']));
    expect(stemsOf('fast-check')).toEqual(expect.arrayContaining(['fast-check', 'fast', 'check']));
  });
});
