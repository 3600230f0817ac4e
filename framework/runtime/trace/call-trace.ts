import type { CallSite } from '../call.js';
import { timeOf } from '../journal/inbox.js';
import type { JournalEntry } from '../journal/journal.js';
import { type EffectNote, noteOf, type TraceFacts, type TraceNote } from './trace-note.js';
import { buildTrace } from './build-trace.js';
import type { Trace } from './trace.js';

/** An effect as a trace sees it. */
interface Traceable {
  readonly name: string;
  readonly trace?: ((value: unknown) => TraceFacts) | undefined;
}

/** Takes the times of a call's effects. A task's store keeps them; those of a call without one are kept here. */
export class CallTrace {
  readonly #notes: TraceNote[] = [];

  constructor(private readonly site: CallSite) {}

  /** Starts the clock of an effect; what it gives back stops it. */
  begin(key: string, { name, trace }: Traceable): (outcome: JournalEntry['outcome']) => EffectNote | undefined {
    const [at, started] = [this.#now(), performance.now()];
    return (outcome) => {
      const note = noteOf(name, at, { outcome, ms: performance.now() - started }, trace);
      if (note) this.#keep({ ...note, key, epoch: 1, task: this.site.callId });
      return note;
    };
  }

  replayed(key: string, { name, trace }: Traceable, outcome: JournalEntry['outcome']): void {
    if (this.site.trace) return;
    const note = noteOf(name, this.#now(), { outcome, ms: 0 }, trace);
    if (note) this.#keep({ ...note, key, epoch: 0, task: this.site.callId });
  }

  /** All of the task's, or what this run of a call has come to so far. */
  async read(name: string): Promise<Trace> {
    const { trace, callId } = this.site;
    if (trace) return trace();
    const start = Math.min(this.#now(), ...this.#notes.map(({ at }) => at));
    return buildTrace({ taskId: callId, name, status: 'working', activations: 1, start }, this.#notes);
  }

  #now(): number {
    return Math.round(timeOf(this.site.inbox));
  }

  #keep(note: TraceNote): void {
    if (!this.site.trace) this.#notes.push(note);
  }
}
