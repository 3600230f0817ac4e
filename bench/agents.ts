import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { end, message } from './child.js';
import { startRedis } from './redis.js';
import { medianRow, type Row } from './row.js';
import type { AgentFigures, AgentOrder } from './subjects/perdura-agents.js';
import type { Log, Options } from './take-turns.js';

const ROUNDS = 3;
/** How many agents take their turns one after the other, and how many turns each. */
const AGENTS = 60;
const TURNS = 20;
const WAITING = 1_000;

/** What an agent's turn takes over its model's own time, and what agents that wait for their model take of a worker. */
export async function agents(log: Log, { quick }: Options): Promise<Row[]> {
  const redis = await startRedis();
  const rounds = new Map<string, Row[]>();
  const measure = async (name: string, concurrency: number, order: AgentOrder): Promise<void> => {
    await redis.clear();
    const figures = await inProcess(order);
    const row: Row = {
      bench: 'agents',
      case: name,
      subject: 'perdura',
      revision: '2026-07-28',
      concurrency,
      ...figures,
    };
    log(`${name}: ${row.p50Ms.toFixed(2)} ms at p50, ${row.rssMb.toFixed(0)} MiB`);
    rounds.set(name, [...(rounds.get(name) ?? []), row]);
  };
  try {
    const [count, waiting] = quick ? [3, 50] : [AGENTS, WAITING];
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
      for (const [place, url] of [['memory', undefined] as const, ['Redis', redis.url] as const]) {
        const at = url === undefined ? {} : { redis: url };
        await measure(`turn over the model, ${place}`, 1, { kind: 'turns', agents: count, turns: TURNS, ...at });
        await measure(`agents that wait, ${place}`, waiting, { kind: 'waiting', agents: waiting, ...at });
      }
    }
  } finally {
    await redis.stop();
  }
  return [...rounds.values()].map(medianRow);
}

async function inProcess(order: AgentOrder): Promise<AgentFigures> {
  const script = fileURLToPath(new URL('./subjects/perdura-agents.js', import.meta.url));
  const child = fork(script, [JSON.stringify(order)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    return (await message(child)) as AgentFigures;
  } finally {
    await end(child);
  }
}
