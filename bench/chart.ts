import type { Row } from './row.js';
import { figure } from './table.js';

/** Situations that the chart shows, each on a scale of its own. */
const PANELS = [
  { title: 'HTTP, tools/call, 16 at a time', bench: 'http', case: 'tools/call' },
  { title: 'HTTP, tasks/get, 16 at a time', bench: 'http', case: 'tasks/get' },
  { title: 'HTTP, tools/list of 1,000 tools, 16 at a time', bench: 'lists', case: 'tools/list, 1000 tools' },
  { title: 'stdio, tools/call, 16 at a time', bench: 'stdio', case: 'tools/call' },
] as const;
const CONCURRENCY = 16;

const WIDTH = 760;
const LABEL = 190;
const FIGURE = 90;
const BAR = 18;
const STEP = 24;

// An image on a page knows the reader's scheme but not the page's, so it brings its own ground.
const STYLE = `
  .ground { fill: #ffffff } .title { fill: #1f2328; font-weight: 600 } .label { fill: #1f2328 }
  .small { fill: #59636e } .bar { fill: #a9b4c0 } .perdura { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } .title, .label { fill: #e6edf3 } .small { fill: #9198a1 }
    .bar { fill: #57606a } .perdura { fill: #4493f8 }
  }
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif }`;

/** Operations a second as bars: an SVG, readable on light and dark ground. */
export function chart(rows: readonly Row[]): string {
  const parts: string[] = [];
  let y = 12;
  for (const { title, bench, case: name } of PANELS) {
    const shown = rows.filter((row) => row.bench === bench && row.case === name && row.concurrency === CONCURRENCY);
    if (shown.length === 0) continue;
    y += 20;
    parts.push(text(16, y, 'title', `${title}: operations a second`));
    y += 10;
    const most = Math.max(...shown.map((row) => row.opsPerSecond));
    for (const row of shown.toSorted((a, b) => order(a, b))) {
      parts.push(bar(row, most, y));
      y += STEP;
    }
    y += 10;
  }
  const alt = 'Operations a second of each subject; the tables below have the same figures.';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">`,
    `<title>${alt}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${WIDTH}" height="${y}" rx="8"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** By revision, and in each the fastest first. */
function order(a: Row, b: Row): number {
  return a.revision.localeCompare(b.revision) || b.opsPerSecond - a.opsPerSecond;
}

function bar({ subject, revision, opsPerSecond }: Row, most: number, y: number): string {
  const length = Math.max(1, Math.round(((WIDTH - LABEL - FIGURE) * opsPerSecond) / most));
  const kind = subject === 'perdura' ? 'perdura' : 'bar';
  const line = y + BAR - 4;
  return [
    text(16, line, 'label', subject),
    text(100, line, 'small', revision),
    `<rect class="${kind}" x="${LABEL}" y="${y}" width="${length}" height="${BAR}" rx="2"/>`,
    text(LABEL + length + 8, line, 'label', figure(opsPerSecond)),
  ].join('\n');
}

const text = (x: number, y: number, kind: string, content: string): string =>
  `<text class="${kind}" x="${x}" y="${y}">${escaped(content)}</text>`;

const escaped = (content: string): string => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
