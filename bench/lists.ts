import { type Subject, startSubject } from './child.js';
import { contenders } from './contenders.js';
import { measure, startLoad } from './load-process.js';
import { ADD, list } from './requests.js';
import type { Row } from './row.js';
import { type Lane, type Log, type Options, takeTurns } from './take-turns.js';

const SIZES = [10, 100, 1_000] as const;
const CONCURRENCY = 16;
const SECONDS = 0.5;

/** What many tools cost over HTTP: to list them, and to call one of them. */
export async function lists(log: Log, options: Options): Promise<Row[]> {
  const load = startLoad();
  const subjects: Subject[] = [];
  const lanes: Lane[] = [];
  try {
    for (const { subject, revisions } of contenders(options.peers)) {
      for (const size of SIZES) {
        const server = await startSubject(`${subject}-http`, String(size));
        subjects.push(server);
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
    return await takeTurns('lists', lanes, SECONDS, options, log);
  } finally {
    await load.stop();
    for (const subject of subjects) await subject.stop();
  }
}
