import { type Subject, startSubject } from './child.js';
import { contenders } from './contenders.js';
import { measure, startLoad } from './load-process.js';
import { ADD, poll } from './requests.js';
import type { Row } from './row.js';
import { type Lane, type Log, type Options, takeTurns } from './take-turns.js';

const CONCURRENCIES = [1, 16, 64] as const;
const POLLING = 16;
const SECONDS = 0.8;

/** Over HTTP: `tools/call` of a tool that adds two numbers, and `tasks/get` of a task that is at work. */
export async function http(log: Log, options: Options): Promise<Row[]> {
  const load = startLoad();
  const subjects: Subject[] = [];
  const lanes: Lane[] = [];
  try {
    for (const { subject, revisions, hasTasks } of contenders(options.peers)) {
      const server = await startSubject(`${subject}-http`);
      subjects.push(server);
      const { taskId } = server;
      for (const revision of revisions) {
        for (const concurrency of CONCURRENCIES) {
          lanes.push({
            ...{ case: 'tools/call', subject, revision, concurrency },
            burst: (seconds) => measure(load, server, revision, ADD, concurrency, seconds),
          });
        }
        if (!hasTasks || taskId === undefined) continue;
        lanes.push({
          ...{ case: 'tasks/get', subject, revision, concurrency: POLLING },
          burst: (seconds) => measure(load, server, revision, poll(taskId), POLLING, seconds),
        });
      }
    }
    return await takeTurns('http', lanes, SECONDS, options, log);
  } finally {
    await load.stop();
    for (const subject of subjects) await subject.stop();
  }
}
