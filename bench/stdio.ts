import { contenders } from './contenders.js';
import { CORES, keepOn } from './cores.js';
import { ADD } from './requests.js';
import type { Row } from './row.js';
import { connectStdio, type StdioSubject } from './stdio-client.js';
import { type Lane, type Log, type Options, takeTurns } from './take-turns.js';

const CONCURRENCIES = [1, 16, 64] as const;
const SECONDS = 1;

/** Over stdio: `tools/call` of a tool that adds two numbers, on one connection. */
export async function stdio(log: Log, options: Options): Promise<Row[]> {
  const subjects: StdioSubject[] = [];
  const lanes: Lane[] = [];
  // Here it is this process that makes the load.
  keepOn(CORES.load, process.pid);
  try {
    for (const { subject, revisions } of contenders(options.peers)) {
      for (const revision of revisions) {
        const server = await connectStdio(`${subject}-stdio`, revision);
        subjects.push(server);
        for (const concurrency of CONCURRENCIES) {
          lanes.push({
            ...{ case: 'tools/call', subject, revision, concurrency },
            async burst(seconds) {
              const before = await server.usage();
              const { completed, ...rates } = await server.burst(ADD, concurrency, seconds);
              const { cpuUs, rssMb } = await server.usage();
              return { ...rates, cpuUs: (cpuUs - before.cpuUs) / completed, rssMb };
            },
          });
        }
      }
    }
    return await takeTurns('stdio', lanes, SECONDS, options, log);
  } finally {
    keepOn(CORES.all, process.pid);
    for (const subject of subjects) await subject.stop();
  }
}
