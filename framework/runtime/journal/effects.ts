import { PerduraError } from '../../errors.js';
import type { Awaitable } from '../../metadata/class.js';
import type { InputResponse } from '../../spec.js';
import type { ActivationRun } from '../activation.js';
import { CallTrace } from '../trace/call-trace.js';
import type { CallSite } from '../call.js';
import type { AgentUsage } from '../context.js';
import { failureOf, revive } from './failures.js';
import { fingerprint } from './fingerprint.js';
import { journalValue } from './journal-value.js';
import type { Question } from './inbox.js';
import type { AsideEntry, JournalEntry } from './journal.js';
import type { Meter } from '../budget/meter.js';
import type { Scope } from '../scope.js';
import type { EffectNote, TraceFacts } from '../trace/trace-note.js';

/** Something that happens once, however often the call runs. */
export interface Effect {
  /** Unique in its scope together with the number of its use. */
  readonly name: string;
  /** The whole key, in place of one that is made from the name. */
  readonly key?: string | undefined;
  /** What it is asked to do; a change of it under the same key is `NON_DETERMINISM`. */
  readonly asked: unknown;
  /**
   * Does it, counting itself as in flight or as a wait. `key` stays the same on every run; `settled` is how many earlier
   * attempts recorded a failure of it; `print` is the fingerprint of what is asked.
   */
  readonly perform: (key: string, settled: number, print: string) => Awaitable<unknown>;
  readonly begin?: Begin;
  /** Counts what agents within it use; filled from the record on a replay. */
  readonly meter?: Meter | undefined;
  /** What a trace tells of its value. */
  readonly trace?: (value: unknown) => TraceFacts;
}

/** What comes before an effect that is not recorded yet. */
export type Begin = (key: string, settled: number) => Promise<void>;

/** What an effect came to: always a copy of its own, as the journal has it. */
export interface Effected {
  readonly key: string;
  readonly value: unknown;
  readonly replayed: boolean;
}

/** The effects of one activation of a call: each is looked up in the journal, or performed and recorded there. */
export class Effects {
  readonly trace: CallTrace;

  constructor(
    readonly site: CallSite,
    readonly run: ActivationRun,
  ) {
    this.trace = new CallTrace(site);
  }

  /** The synchronous part takes the key, so that keys follow the order in which the code asks. */
  async record(scope: Scope, effect: Effect): Promise<Effected> {
    const { asked, perform, begin, meter } = effect;
    const first = effect.key ?? scope.key(effect.name);
    await this.begin(scope);
    const print = fingerprint(asked);
    const { key, at, entry: recorded, known, settled, usage } = this.find(first, print);
    if (known !== undefined && known !== print) {
      this.site.replaying?.diverged(key);
      return this.abandon(PerduraError.of('NON_DETERMINISM', key));
    }
    if (recorded !== undefined) {
      const kept = 'aside' in recorded.outcome ? await this.load(scope, at) : (recorded as JournalEntry);
      this.trace.replayed(at, effect, kept.outcome);
      meter?.add(kept.usage ?? {});
      return { key, value: this.unwrap(kept), replayed: true };
    }
    if (this.site.replaying) return this.wait(scope, never());
    meter?.add(usage ?? {});
    if (begin !== undefined) {
      await begin(key, settled);
      // It may have waited for long, for an answer or for its turn.
      await this.begin(scope);
    }
    const end = this.trace.begin(at, effect);
    const { outcome, cause } = await this.attempt(scope, key, () => perform(key, settled, print));
    const entry = { fingerprint: print, outcome, ...(meter?.used.turns && { usage: meter.used }) };
    await this.append(scope, at, entry, end(outcome));
    return { key, value: this.unwrap(entry, cause), replayed: false };
  }

  has(key: string): boolean {
    return this.site.journal.get(key) !== undefined;
  }

  /** Records that a place was reached; it has no value. */
  note(scope: Scope, key: string): Promise<void> {
    return this.append(scope, key, { fingerprint: '', outcome: {} });
  }

  /** Ends the activation with an error that no `catch` of the author's may take for its own. */
  abandon(error: unknown): Promise<never> {
    this.run.settle({ kind: 'threw', error });
    return never();
  }

  /** Ends the activation where the call becomes a task, which comes back here over the same journal and goes on. */
  async detach(scope: Scope): Promise<void> {
    await this.begin(scope);
    const { detach } = this.site;
    // Only the handler itself can end its part: a branch, a step or a tool within would leave others in the middle.
    if (detach === undefined || scope.path !== '') return;
    detach();
    this.run.settle({ kind: 'parked' });
    return never();
  }

  /** Aborts when nobody waits any more for what runs in a scope. */
  signalIn(scope: Scope): AbortSignal {
    return scope.signal ?? this.site.signal();
  }

  /** Puts a question to the client, and waits for its answer. */
  async ask(scope: Scope, key: string, question: Question): Promise<InputResponse> {
    const { inbox } = this.site;
    try {
      return await this.wait(scope, inbox.ask(key, question));
    } catch (error) {
      if (scope.signal?.aborted) inbox.forget?.(key);
      throw error;
    }
  }

  /** Waits for `what`, which leaves the process free to park; rejects when the call, or the time of what waits, is over. */
  wait<T>(scope: Scope, what: Promise<T>): Promise<T> {
    const signal = this.signalIn(scope);
    return scope.activity.wait(
      new Promise<T>((resolve, reject) => {
        const abort = () => reject(signal.reason as Error);
        // Followed in any case: a rejection that nobody follows would end the process.
        what.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
      }),
    );
  }

  /**
   * Passes while the activation may have effects. Stays pending for ever once it has ended, and, as a wait, while the process
   * drains: then the call parks and goes on elsewhere.
   */
  private async begin(scope: Scope): Promise<void> {
    if (this.run.over) return never();
    this.site.signal().throwIfAborted();
    // What a tool or a step still does after its time is no part of the call.
    scope.signal?.throwIfAborted();
    if (this.run.draining) return this.wait(scope, never());
  }

  private async attempt(
    scope: Scope,
    key: string,
    perform: () => Awaitable<unknown>,
  ): Promise<{ readonly outcome: JournalEntry['outcome']; readonly cause?: unknown }> {
    try {
      const value = await perform();
      if (this.run.over) return await never();
      const kept = journalValue(value, key);
      return { outcome: kept === undefined ? {} : { value: kept } };
    } catch (error) {
      if (this.run.over) return never();
      // An effect that was stopped did not fail, and a value that cannot be kept is a mistake in the code: neither is the call's history.
      const unkept = error instanceof PerduraError && error.code === 'NOT_JSON';
      if (unkept || this.site.signal().aborted || scope.signal?.aborted) throw error;
      return { outcome: { failure: failureOf(error) }, cause: error };
    }
  }

  /**
   * The entry that counts for this attempt of a task, or where to record it. A failure that an earlier attempt recorded
   * does not count: a new attempt is made to try again. Where the task continues over changed code, neither does what was
   * recorded for another question, or answers one: what is asked now has a key of its own.
   */
  private find(key: string, print: string): Found {
    const { attempt: last = 1, onChange } = this.site.task ?? {};
    const isOther = (known: string | undefined) => onChange === 'continue' && known !== undefined && known !== print;
    const put = this.site.inbox.fingerprintOf?.(key);
    if (isOther(put)) return this.find(`${key}~${print}`, print);
    let [at, settled] = [key, 0];
    let usage: AgentUsage | undefined;
    for (let attempt = 1; attempt <= last; attempt++) {
      at = attempt === 1 ? key : `${key}@${attempt}`;
      const entry = this.site.journal.get(at);
      if (entry === undefined) continue;
      const { fingerprint: known } = entry;
      if (isOther(known)) return this.find(`${key}~${print}`, print);
      if (attempt === last || !('failure' in entry.outcome)) return { key, at, entry, known, settled };
      settled++;
      ({ usage } = entry as JournalEntry);
    }
    return { key, at, known: put, settled, usage };
  }

  private async append(scope: Scope, key: string, entry: JournalEntry, note?: EffectNote): Promise<void> {
    try {
      await scope.activity.run(() => this.site.journal.append(key, entry, note));
    } catch (error) {
      return this.abandon(error);
    }
    if (this.run.over) return never();
  }

  /** In flight while it loads: the call cannot park over it. */
  private async load(scope: Scope, key: string): Promise<JournalEntry> {
    const { journal } = this.site;
    try {
      const entry = await scope.activity.run(() => journal.load?.(key));
      if (entry !== undefined && !this.run.over) return entry;
    } catch (error) {
      return this.abandon(error);
    }
    return never();
  }

  private unwrap({ outcome }: JournalEntry, cause?: unknown): unknown {
    if ('failure' in outcome) throw revive(outcome.failure, cause);
    return structuredClone(outcome.value);
  }
}

interface Found {
  readonly key: string;
  readonly at: string;
  readonly entry?: JournalEntry | AsideEntry;
  /** The fingerprint of what is recorded, or was put as a question, under the key. */
  readonly known: string | undefined;
  /** How many earlier attempts recorded a failure. */
  readonly settled: number;
  /** What all of those used, as the last of them recorded it. */
  readonly usage?: AgentUsage | undefined;
}

function never(): Promise<never> {
  return new Promise(() => {});
}
