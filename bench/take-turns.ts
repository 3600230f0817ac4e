import type { Revision } from './requests.js';
import { medianRow, type Row } from './row.js';

/** What `npm run bench` was asked to be. */
export interface Options {
  /** One short round: shows that everything runs, and measures nothing. */
  readonly quick: boolean;
  /** Measure fastmcp and @rekog/mcp-nest too. */
  readonly peers: boolean;
}
export type Log = (line: string) => void;

/** One subject in one situation. */
export interface Lane extends Pick<Row, 'case' | 'subject' | 'concurrency'> {
  readonly revision: Revision;
  burst(seconds: number): Promise<Pick<Row, 'opsPerSecond' | 'p50Ms' | 'p99Ms' | 'cpuUs' | 'rssMb'>>;
}

const ROUNDS = 3;

/**
 * Measures lanes in rounds. In each round every situation comes once, and in it the subjects take turns, another one
 * first each time: whatever else the machine does meanwhile falls on all of them alike.
 */
export async function takeTurns(
  bench: string,
  lanes: readonly Lane[],
  seconds: number,
  { quick }: Options,
  log: Log,
): Promise<Row[]> {
  const situations = new Map<string, Lane[]>();
  for (const lane of lanes) {
    const situation = `${lane.case} ${lane.revision} ${lane.concurrency}`;
    situations.set(situation, [...(situations.get(situation) ?? []), lane]);
  }
  const found = new Map<Lane, Row[]>(lanes.map((lane) => [lane, []]));
  const [rounds, length] = quick ? [1, 0.2] : [ROUNDS, seconds];
  // Round 0 warms every path up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const situation of situations.values()) {
      for (const index of situation.keys()) {
        const lane = situation[(index + round) % situation.length] as Lane;
        const { case: name, subject, revision, concurrency } = lane;
        const measured = await lane.burst(round === 0 ? length / 2 : length);
        const rate = Math.round(measured.opsPerSecond).toLocaleString('en');
        const turn = round === 0 ? 'warm-up' : `round ${round}/${rounds}`;
        log(`${bench}  ${turn}  ${name}, ${revision}, ${concurrency} at a time  ${subject}: ${rate}/s`);
        if (round > 0) found.get(lane)?.push({ bench, case: name, subject, revision, concurrency, ...measured });
      }
    }
  }
  return [...found.values()].map(medianRow);
}
