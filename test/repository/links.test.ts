import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const LINK = /\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]+))?\)/g;

const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'examples/research/README.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
].filter((path) => path.endsWith('.md'));

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = withoutCode(readFileSync(page, 'utf8')).match(/^#+ .*/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it('has no link in its documentation that leads nowhere', () => {
  const broken: string[] = [];
  let links = 0;
  for (const page of pages) {
    const path = join(ROOT, page);
    for (const [link, to = '', anchor] of withoutCode(readFileSync(path, 'utf8')).matchAll(LINK)) {
      links += 1;
      const target = to === '' ? path : resolve(dirname(path), to);
      const found = statSync(target, { throwIfNoEntry: false });
      const isThere = found?.isFile() && (anchor === undefined || anchorsOf(target).includes(anchor));
      if (!isThere) broken.push(`${relative(ROOT, path)}: ${link}`);
    }
  }
  expect(links).toBeGreaterThan(100);
  expect(broken).toEqual([]);
});
