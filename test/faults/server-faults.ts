import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Balancer } from '../fixtures/balancer.js';
import { seededRandom } from '../fixtures/seeded-random.js';
import { until } from '../fixtures/until.js';
import { startStateless } from '../processes/client.js';
import { beside } from './harness/beside.js';
import { HANG } from './harness/hang.js';
import type { Member } from './harness/member-process.js';
import { expectThat, findings, play, type Row } from './harness/scene.js';
import { type Met, talkByPolling, talkByRounds, talkInSession } from './harness/talks.js';

/** An owner's ended tasks are kept up to a thousand: past it some would be gone before they are looked at. */
const MOST_TASKS = 800;
const MINUTE = 60_000;

interface Served {
  readonly member: Member;
  readonly port: number;
}

/**
 * Two servers behind a balancer are replaced one after the other, while clients of both revisions talk to whichever they reach:
 * told to end when the balancer sends them nothing more, or killed in the midst of it.
 */
export function serversReplaced({
  clients,
  replaced: wanted,
  seed,
  signal,
}: {
  readonly clients: number;
  readonly replaced: number;
  readonly seed: number;
  readonly signal: 'SIGTERM' | 'SIGKILL';
}): Promise<Row> {
  const isGraceful = signal === 'SIGTERM';
  const title = isGraceful
    ? (['servers are replaced behind a balancer', 'nothing; streams come back for the rest'] as const)
    : ([
        'servers are killed behind a balancer',
        'what is under way breaks, and may be sent again; no answer that was accepted is lost',
      ] as const);
  return play(title, { workers: 2 }, async ({ crew, verdict }) => {
    const random = seededRandom(seed);
    const balancer = await Balancer.start();
    const met: Met = { again: 0, broken: 0, resumed: 0, wrong: [] };
    const place = { port: balancer.port, met, think: () => 1_500 * random() };
    const serve = async (): Promise<Served> => {
      const member = crew.spare();
      await member.ready();
      return { member, port: (await member.ask<number>('serve')).value ?? 0 };
    };
    let servers: readonly Served[] = await Promise.all([serve(), serve()]);
    const send = (): void => void (balancer.targets = servers.map(({ port }) => port));
    send();
    const ids: string[] = [];
    const codes: (number | null)[] = [];
    let rounds = 0;
    await beside(
      async () => {
        while (codes.length < wanted) {
          const next = await serve();
          const [leaving, ...staying] = servers as [Served, ...Served[]];
          servers = [...staying, next];
          // Of one that is killed a balancer learns from the connections that it does not take.
          if (isGraceful) {
            send();
            // What was sent before has arrived when this is answered, as it has after the pause of a `preStop`.
            for (let probes = 0; probes < 2; probes++) await fetch(`http://127.0.0.1:${leaving.port}/health/live`);
          }
          codes.push(await leaving.member.end(signal));
          send();
        }
      },
      async () => {
        const talk = async (client: number): Promise<void> => {
          while (codes.length < wanted && ids.length < MOST_TASKS) {
            if (client % 3 === 0) ids.push(await talkByPolling(place));
            else if (client % 3 === 1) ids.push(await talkInSession(place));
            else {
              await talkByRounds(place);
              rounds += 1;
            }
          }
        };
        await Promise.all(Array.from({ length: clients }, (_, client) => talk(client)));
      },
    );
    balancer.close();
    const judged = await verdict(ids, { asks: true });
    const found = findings(judged, codes.length, {
      'calls that asked': rounds,
      'streams resumed': met.resumed,
      'told to try again': met.again,
      'broken off': met.broken,
    });
    const violations = [
      ...found.violations,
      ...met.wrong,
      ...expectThat(judged.completed === ids.length, `only ${judged.completed} of ${ids.length} completed`),
      ...expectThat(!isGraceful || codes.every((code) => code === 0), `servers ended with ${codes.join(', ')}`),
      ...expectThat(!isGraceful || met.broken === 0, `${met.broken} requests broke off`),
    ];
    return { ...found, violations };
  });
}

/** Clients begin requests, in the head or in the body, and send nothing more. */
export function halfRequests({ sockets, timed }: { readonly sockets: number; readonly timed: boolean }): Promise<Row> {
  return play(
    ['clients begin requests and do not go on', 'they are cut off within a minute; others are served'],
    { workers: 1 },
    async ({ crew }) => {
      const { value: port = 0 } = await crew.web.ask<number>('serve');
      const connections = async (): Promise<number> => (await crew.web.ask<number>('connections')).value ?? 0;
      const before = await connections();
      const head = 'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
      let open = sockets;
      const from = performance.now();
      const all = Array.from({ length: sockets }, async (_, at) => {
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        socket.once('close', () => (open -= 1)).resume();
        await once(socket, 'connect');
        socket.write(
          at % 2 === 0 ? head : `${head}accept: application/json, text/event-stream\r\ncontent-length: 99\r\n\r\n{`,
        );
      });
      await Promise.all(all);
      let served = 0;
      for (; open > 0 && performance.now() - from < HANG; await sleep(250)) {
        const answering = await startStateless(port, 'tools/list');
        if ((await answering.response())['result']) served += 1;
      }
      const took = performance.now() - from;
      const left = open;
      await until(async () => (await connections()) <= before, HANG).catch(() => undefined);
      const kept = (await connections()) - before;
      return {
        tasks: 0,
        faults: sockets,
        counts: { 'cut off': sockets - left, 'served meanwhile': served, 'ms to the last': Math.round(took) },
        violations: [
          ...expectThat(left === 0, `${left} connections are still open`),
          ...expectThat(!timed || took < MINUTE, `the last was cut off after ${took} ms`),
          ...expectThat(served > 0, 'nobody was served meanwhile'),
          ...expectThat(kept <= 0, `${kept} connections are kept`),
        ],
      };
    },
  );
}
