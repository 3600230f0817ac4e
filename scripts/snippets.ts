/**
 * Holds the code in README and docs equal to files that the compiler checks and tests run.
 * A block that follows `<!-- snippet: FILE -->` or `<!-- snippet: FILE#REGION -->` must equal that file or region
 * (`//#region REGION` to `//#endregion`). `--write` copies the code into the pages.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const BLOCK = /<!-- snippet: (\S+?)(?:#(\S+))? -->\n+```ts\n([\s\S]*?)```/g;

const write = process.argv.includes('--write');
const pages = [
  'README.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const stale: string[] = [];

for (const page of pages) {
  const text = readFileSync(page, 'utf8');
  const markers = text.match(/^<!-- snippet: /gm)?.length ?? 0;
  if (markers !== (text.match(BLOCK)?.length ?? 0))
    throw new Error(`A snippet of ${page} has no block of ts behind it.`);
  const next = text.replace(BLOCK, (_, file: string, region: string | undefined) => {
    const marker = region === undefined ? file : `${file}#${region}`;
    return `<!-- snippet: ${marker} -->\n\n\`\`\`ts\n${code(file, region)}\`\`\``;
  });
  if (next === text) continue;
  if (write) writeFileSync(page, next);
  else stale.push(page);
}
if (stale.length > 0) {
  console.error(`Code in ${stale.join(', ')} differs from its source. Run: npm run docs:write`);
  process.exit(1);
}

function code(file: string, region: string | undefined): string {
  const source = readFileSync(file, 'utf8');
  if (region === undefined) return source;
  const lines = source.split('\n');
  const start = lines.findIndex((line) => line.trim() === `//#region ${region}`);
  const end = lines.findIndex((line, index) => index > start && line.trim().startsWith('//#endregion'));
  if (start < 0 || end < 0) throw new Error(`${file} has no region "${region}".`);
  const body = lines.slice(start + 1, end);
  const indent = Math.min(
    ...body.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0),
  );
  return `${body.map((line) => line.slice(indent)).join('\n')}\n`;
}
