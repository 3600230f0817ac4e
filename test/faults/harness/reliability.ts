import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Row } from './scene.js';
import { number, tableOf } from './table.js';

const PAGE = 'docs/reliability.md';

/** Writes what a whole run in large sizes has shown as a page of the documentation. */
export async function writeReliability(rows: readonly Row[], seed: number): Promise<void> {
  const page = join(process.cwd(), PAGE);
  const style = await resolveConfig(page);
  writeFileSync(page, await format(textOf(rows, seed), { ...style, filepath: page }));
}

function textOf(rows: readonly Row[], seed: number): string {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const redis = /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
  const day = new Date().toISOString().slice(0, 10);
  return `# Reliability

<!-- Written by \`npm run test:faults\`. -->

> A task you got an id for ends in exactly one visible result or a stated failure, through worker kills, deploys, server
> restarts and Redis restarts (AOF on); recorded steps and model turns never repeat; nobody but its owner sees or touches it.

\`npm run test:faults\` tries the part of this promise that faults can break. It starts a \`redis-server\` for each scenario
(append-only file on, \`noeviction\`, \`appendfsync everysec\`; where Redis itself is killed, \`always\`) and web and worker processes over it, kills, stops and cuts
them off, and then holds the store and a file of every effect to these invariants:

- no task that a client was told the id of is lost, and each has one end that never changes;
- effects happen at least once and in order; an effect that was recorded does not happen again, and one that a crash hit
  before it was recorded may;
- every step is given the recorded results of the steps before it;
- no task that has not ended is without a due time, so that the watchdog finds it;
- no process ends by itself with an error.

How the faults are done: processes get \`SIGKILL\`, \`SIGSTOP\` or \`SIGTERM\` at random moments, or kill themselves just before
or after the n-th write of a journal; \`redis-server\` is killed, stopped, emptied, or started on an older copy of its file; a
proxy cuts or silences a worker's connection; enqueues are dropped, BullMQ's keys deleted, its jobs failed by hand and its queue
obliterated; handlers take memory without end, or never come back to the event loop; the n-th command that a worker
sends to Redis fails, unsent or with its answer lost; Redis is given no memory, or made a replica that takes no writes; workers are
replaced by ones with changed code; servers behind a balancer are replaced and killed while clients of both revisions talk to them;
values are made larger than their limits.

## The run of ${day}

${number(rows.length)} scenarios, ${number(sum(({ tasks }) => tasks))} tasks, ${number(sum(({ faults }) => faults))} faults, **${number(sum(({ violations }) => violations.length))} violations**, in ${number(Math.round(sum(({ seconds }) => seconds) / 60))} minutes of scenarios, two at a time.
Node ${process.versions.node}, Redis ${redis}, seed ${seed} (\`SEED=${seed} npm run test:faults\` repeats its random choices; what the
operating system decides is different each time).

${tableOf(rows)}

How to read the counts:

- **in-flight repeats** are runs of an effect beyond its first: the worker died after the effect and before its record.
  They are why an effect on another system should use the idempotency key that \`ctx.step\` gives it.
- **writes refused** are those of a worker that had lost its task, by the fence or by the length of the journal.
- **undue** would be tasks that no watchdog would ever look at.
- **boundaries** are the writes of one run without a fault, each of which a worker died before and after; **last call** is the
  number of the first call to Redis that such a run ended without.
- **told to try again** and **broken off** are answers of servers that clients sent the same request again after: 503, and a
  connection that broke.
- **ms** are the slowest seen, with the scenario's processes sharing a small machine.

What takes no crowd of processes is tried by \`npm test\` alone: clients that do not read, that hang up in the middle of a call or send
what is no message (\`test/server\`, \`test/wire\`), and a stdio server whose client dies (\`test/processes\`).

After a rollback of Redis (a restored older file), steps of the second that was lost run again: their records are gone.
After everything in Redis was deleted, tasks are not found; that is the one loss that no engine over it can repair.

## What one machine cannot show

- **Power loss.** A killed \`redis-server\` leaves its writes to the operating system, which still puts them on the disk.
  When the power fails, or Redis is killed while its disk lags, \`appendfsync everysec\` may lose the last two seconds;
  where that is too much, use \`always\`.
- **Partitions between hosts.** One worker's connection is cut and silenced by a proxy. Networks that lose packets one way
  only, or for some of several hosts, are not tried.
- **Sentinel and Cluster failover.** A replica that takes over lacks what was not replicated yet. The engine meets it as it
  meets an older file (see the row on it), but no failover was done here. Cluster is not supported.
- **Clocks.** The wall clock of a worker process was shifted by replacing its \`Date\`; Redis's own clock, which all
  deadlines are read from, was not.
- **Peers that vanish.** Every connection here ends with a word, or goes silent with its process alive. Of a host that is gone the system
  learns only when what was sent to it is not confirmed for minutes.
- **Time.** Scenarios last minutes. Leaks that take days to show are not looked for here.
`;
}
