import { chart } from '../../bench/chart.js';
import { GOALS } from '../../bench/goals.js';
import { rates } from '../../bench/rates.js';
import { inserted, report } from '../../bench/report.js';
import { medianRow, type Row } from '../../bench/row.js';
import { plain, table } from '../../bench/table.js';

const call = (subject: string, revision: string, opsPerSecond: number, p99Ms = 1): Row => ({
  ...{ bench: 'http', case: 'tools/call', subject, revision, concurrency: 16 },
  ...{ opsPerSecond, p50Ms: 1, p99Ms, cpuUs: 10, rssMb: 50 },
});
const RUN = [
  call('bare', '2025-11-25', 40_000),
  call('perdura', '2025-11-25', 30_000),
  call('sdk-v2', '2025-11-25', 3_000, 10),
  call('bare', '2026-07-28', 40_000),
  call('perdura', '2026-07-28', 20_000, 4),
  call('sdk-v2', '2026-07-28', 2_000, 10),
];
const circumstances = { machine: '2 cores', date: '2026-01-01', isQuick: false };

describe('the report of the benchmark', () => {
  it('takes percentiles by the nearest rank, and the rate from the time of all', () => {
    const latencies = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect(rates(latencies, 500)).toEqual({ opsPerSecond: 400, p50Ms: 100, p99Ms: 198 });
  });

  it('takes the median of the rounds field by field', () => {
    const rounds = [
      call('bare', '2026-07-28', 1, 9),
      call('bare', '2026-07-28', 5, 2),
      call('bare', '2026-07-28', 3, 4),
    ];
    expect(medianRow(rounds)).toMatchObject({ opsPerSecond: 3, p99Ms: 4 });
  });

  it('compares a subject with others of the same revision only', () => {
    const [header = [], ...lines] = table(RUN);
    const column = header.indexOf('× sdk-v2');
    const shares = lines.filter((line) => line.includes('perdura')).map((line) => line[column]);
    expect(shares).toEqual(['10.0', '10.0']);
    expect(plain(table(RUN)).split('\n')).toHaveLength(RUN.length + 2);
  });

  it('judges a goal by the worst that was seen', () => {
    const verdicts = GOALS.slice(0, 3).map(({ worst, isMet }) => {
      const found = worst(RUN);
      return [found, found !== undefined && isMet(found)];
    });
    expect(verdicts).toEqual([
      [10, true],
      [0.5, false],
      [0.4, false],
    ]);
  });

  it('asks of stdio three times the SDK where calls come together, and a share of bare Node where they do not', () => {
    const row = (subject: string, concurrency: number, opsPerSecond: number): Row => ({
      ...call(subject, '2026-07-28', opsPerSecond),
      ...{ bench: 'stdio', concurrency },
    });
    const run = [
      ...[row('bare', 1, 10_000), row('perdura', 1, 7_000), row('sdk-v2', 1, 5_000)],
      ...[row('bare', 16, 100_000), row('perdura', 16, 40_000), row('sdk-v2', 16, 10_000)],
    ];
    const found = GOALS.filter(({ goal }) => goal.startsWith('stdio')).map(({ worst, unit }) => [worst(run), unit]);
    expect(found).toEqual([
      [4, '× sdk-v2'],
      [0.7, '× bare'],
    ]);
  });

  it('asks of tasks what it asks beside plain BullMQ, and of a journal that it does not slow down', () => {
    const task = (subject: string, name: string, concurrency: number, rate: number, p50Ms = 0): Row => ({
      ...call(subject, '2026-07-28', rate),
      ...{ bench: 'tasks', case: name, concurrency, p50Ms },
    });
    const journal = (steps: number, msPerStep: number): Row => ({
      ...task('perdura', 'journal', 1, 1),
      steps,
      msPerStep,
    });
    const run = [
      ...[task('perdura', 'submit', 1, 80), task('bullmq', 'submit', 1, 100)],
      ...[task('perdura', 'submit', 50, 300), task('bullmq', 'submit', 50, 1_000)],
      ...[task('perdura', 'drain', 50, 50), task('bullmq', 'drain', 50, 100)],
      ...[task('perdura', 'submit to result', 1, 1, 5), task('bullmq', 'submit to result', 1, 1, 1)],
      ...[journal(10, 2), journal(100, 1), journal(1_000, 1)],
    ];
    const asked = GOALS.slice(-7).flatMap(({ worst, isMet }) => {
      const found = worst(run);
      return found === undefined ? [] : [[found, isMet(found)]];
    });
    expect(asked).toEqual([
      [0.3, false],
      [0.5, true],
      [4, false],
      [0.5, true],
    ]);
  });

  it('says of a goal that nothing measured that nothing did', () => {
    const lines = report(RUN, circumstances).split('\n');
    expect(lines.find((line) => line.startsWith('| 1,000 idle streams'))).toContain('not measured');
    expect(lines.filter((line) => line.includes('**missed**'))).toHaveLength(2);
  });

  it('says so when the run was too short to measure anything', () => {
    expect(report(RUN, { ...circumstances, isQuick: true })).toContain('One round of 0.2 seconds');
  });

  it('draws a bar for every subject, in proportion', () => {
    const svg = chart(RUN);
    const widths = [...svg.matchAll(/<rect class="(?:bar|perdura)" .*? width="(\d+)"/gu)].map(([, width]) =>
      Number(width),
    );
    expect(widths).toEqual([480, 360, 36, 480, 240, 24]);
    expect(svg).toContain('prefers-color-scheme: dark');
  });

  it('replaces only what stands between the two marks of the page', () => {
    const page =
      'Before\n<!-- bench: written by `npm run bench -- --peers --write` -->\nold\n<!-- bench: end -->\nAfter';
    const written = inserted(page, 'new');
    expect(written).toMatch(/^Before\n[^]*new[^]*\nAfter$/u);
    expect(written).not.toContain('old');
    expect(inserted(written, 'new')).toBe(written);
    expect(() => inserted('no marks', 'new')).toThrow('must have the lines');
  });
});
