import { type Subject, startSubject } from './child.js';
import { contenders } from './contenders.js';
import { measure, startLoad } from './load-process.js';
import { ADD, list, type Revision, REVISIONS } from './requests.js';
import { median, type Row } from './row.js';
import { type Lane, type Log, type Options, takeTurns } from './take-turns.js';

const SIZES = [10, 100, 1_000] as const;
const CONCURRENCY = 16;
const SECONDS = 0.5;
// What many tools cost a call is less than what a machine does from one moment to the next, so bursts are paired, and many.
const PAIRS = 25;
const PAIR_SECONDS = 0.2;

/** The calls that are compared with those beside few tools. */
const CROWDED = 'tools/call, 1000 tools';

/** What many tools cost over HTTP: to list them, and to call one of them. */
export async function lists(log: Log, options: Options): Promise<Row[]> {
  const load = startLoad();
  const subjects: Subject[] = [];
  const lanes: Lane[] = [];
  const own = new Map<number, Subject>();
  const rate = async (size: number, revision: Revision): Promise<number> => {
    const server = own.get(size) as Subject;
    return (await measure(load, server, revision, ADD, CONCURRENCY, PAIR_SECONDS)).opsPerSecond;
  };
  try {
    for (const { subject, revisions } of contenders(options.peers)) {
      for (const size of SIZES) {
        const server = await startSubject(`${subject}-http`, String(size));
        subjects.push(server);
        if (subject === 'perdura') own.set(size, server);
        for (const revision of revisions) {
          for (const ask of size === 100 ? [list(size)] : [list(size), ADD]) {
            lanes.push({
              ...{ case: `${ask.method}, ${size} tools`, subject, revision, concurrency: CONCURRENCY },
              burst: (seconds) => measure(load, server, revision, ask, CONCURRENCY, seconds),
            });
          }
        }
      }
    }
    const rows = await takeTurns('lists', lanes, SECONDS, options, log);
    for (const revision of REVISIONS) {
      const ratios: number[] = [];
      for (let pair = options.quick ? PAIRS : 1; pair <= PAIRS; pair++) {
        // The other one first each time.
        const [first, second] = pair % 2 === 0 ? [10, 1_000] : [1_000, 10];
        const [one, other] = [await rate(first, revision), await rate(second, revision)];
        ratios.push(pair % 2 === 0 ? other / one : one / other);
      }
      const fewTools = median(ratios);
      log(`lists  tools/call, ${revision}: with 1000 tools ${fewTools.toFixed(2)} × the rate with 10`);
      const at = rows.findIndex(
        (row) => row.subject === 'perdura' && row.case === CROWDED && row.revision === revision,
      );
      rows[at] = { ...(rows[at] as Row), fewTools };
    }
    return rows;
  } finally {
    await load.stop();
    for (const subject of subjects) await subject.stop();
  }
}
