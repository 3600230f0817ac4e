import type { ToolEntry } from '../../catalog/catalog.js';
import { PerduraError } from '../../errors.js';
import type { CallSite } from '../../runtime/call.js';
import type { AgentUsage } from '../../runtime/context.js';
import type { Inbox } from '../../runtime/journal/inbox.js';
import { Meter } from '../../runtime/budget/meter.js';
import type { Outcome } from '../../runtime/runtime.js';
import type { Trace } from '../../runtime/trace/trace.js';
import type { CallToolResult } from '../../spec.js';
import type { Lease } from './lease.js';
import { CheckedJournal } from './replay-check.js';
import { TaskChannel } from './task-channel.js';
import { TaskInbox } from './task-inbox.js';
import type { TaskJournal } from './task-journal.js';
import type { TaskRecord } from '../task-record.js';
import { traceOf } from '../task-notes.js';
import type { TaskStore, Waits } from '../task-store.js';
import type { Workplace } from './workplace.js';

/** How one pass through a task's handler ended. */
export type Pass =
  | (Exclude<Outcome<CallToolResult>, { kind: 'parked' }> & { readonly usage?: AgentUsage })
  /** It only waits. */
  | { readonly kind: 'parked'; readonly waits: Waits }
  /** The process is about to stop, and the pass was left where it stood. */
  | { readonly kind: 'drained' }
  /** The lease was given up; its signal says why. */
  | { readonly kind: 'stopped' };

/**
 * Runs the handler from its beginning over the journal and the record as it was at the store's time `now`. Once the pass is over, whatever is left of the
 * handler waits for ever: it can neither record nor ask any more, and is collected with its promises.
 */
export async function runPass(
  entry: ToolEntry,
  { record, now }: { readonly record: TaskRecord; readonly now: number },
  lease: Lease,
  journal: TaskJournal,
  place: Workplace,
): Promise<Pass> {
  const { signal } = lease;
  const settings = entry.task;
  const exit = new Exit(signal, place);
  const inbox = new TaskInbox(record, settings?.hold ?? place.hold, lease, place, clockFrom(now));
  const channel = new TaskChannel(lease, place.store, record.progress);
  // Nothing is seen or heard of a replay that only checks; a sleep that is over is over in it too.
  const rehearse = (replay: CallSite): Promise<unknown> => {
    const apart = { inbox: deafInbox(clockFrom(now)), meter: meterOf(record) };
    return place.runtime.callTool(entry, record.args, { ...replay, ...SILENCE, ...apart });
  };
  const meter = meterOf(record);
  const site: CallSite = {
    callId: record.taskId,
    revision: record.revision,
    principal: record.principal,
    client: record.client,
    signal: () => signal,
    channel,
    journal: place.replayCheck ? new CheckedJournal(journal, (replay) => rehearse({ ...site, ...replay })) : journal,
    inbox,
    draining: place.draining,
    task: {
      taskId: record.taskId,
      attempt: record.attempt,
      interrupted: wasInterrupted(record),
      ...(settings?.stepTimeout !== undefined && { stepTimeout: settings.stepTimeout }),
      ...(settings && { onChange: settings.onChange }),
    },
    meter,
    trace: () => readTrace(record, place.store),
    ...(record.traceparent !== undefined && { traceparent: record.traceparent }),
  };
  try {
    const pass = await Promise.race([place.runtime.callTool(entry, record.args, site), exit.taken]);
    if (signal.aborted) return { kind: 'stopped' };
    inbox.close();
    const [waits] = await Promise.all([inbox.waits(), channel.flush()]);
    if (pass.kind === 'result' || pass.kind === 'error') return { ...pass, ...(meter && { usage: meter.used }) };
    if (pass.kind !== 'parked') return pass;
    // A call that drains parks between two effects, where it waits for nothing that would wake it.
    return place.draining.aborted ? { kind: 'drained' } : { kind: 'parked', waits };
  } finally {
    exit.close();
    inbox.close();
    channel.close();
  }
}

async function readTrace({ owner, taskId, root = taskId }: TaskRecord, store: TaskStore): Promise<Trace> {
  const [record, notes] = await Promise.all([store.get(owner, taskId), store.trace(owner, root)]);
  if (!record) throw PerduraError.of('TASK_STOPPED', taskId, 'it is no longer in the store');
  return traceOf(record, notes);
}

/** Only where the task that made it counts what it uses. */
const meterOf = ({ allowance }: TaskRecord): Meter | undefined => allowance && new Meter(allowance);

const SILENCE = { channel: { progress: () => undefined, log: () => undefined }, draining: undefined };

const deafInbox = (clock: () => number): Inbox => ({
  hold: 0,
  ask: () => new Promise(() => undefined),
  sleep: (_, until) => (until <= clock() ? Promise.resolve() : new Promise(() => undefined)),
});

/** Whether the activation before this pass ended in any other way than by parking, so that effects may have been cut off. */
const wasInterrupted = ({ epoch, parkedIn }: TaskRecord): boolean =>
  epoch > 1 && parkedIn !== epoch - 1 && parkedIn !== epoch;

/** The store's time from here on, as far as this process can tell without asking. */
function clockFrom(now: number): () => number {
  const started = performance.now();
  return () => now + (performance.now() - started);
}

/** The ways out of a pass that do not lead through the handler's end. */
class Exit {
  readonly taken: Promise<Pass>;
  #take: (pass: Pass) => void = () => undefined;
  #grace?: NodeJS.Timeout;

  constructor(
    private readonly signal: AbortSignal,
    private readonly place: Pick<Workplace, 'grace' | 'stopping'>,
  ) {
    this.taken = new Promise((resolve) => (this.#take = resolve));
    signal.addEventListener('abort', this.#aborted);
    place.stopping.addEventListener('abort', this.#stopping);
    if (signal.aborted) this.#aborted();
    if (place.stopping.aborted) this.#stopping();
  }

  close(): void {
    clearTimeout(this.#grace);
    this.signal.removeEventListener('abort', this.#aborted);
    this.place.stopping.removeEventListener('abort', this.#stopping);
  }

  // The handler may clean up after itself, and it keeps its worker slot while it does; but not for ever.
  readonly #aborted = (): void => {
    this.#grace = setTimeout(() => this.#take({ kind: 'stopped' }), this.place.grace).unref();
  };

  readonly #stopping = (): void => this.#take({ kind: 'drained' });
}
