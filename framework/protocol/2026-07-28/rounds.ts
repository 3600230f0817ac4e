import { setTimeout as delay } from 'node:timers/promises';
import { PerduraError, ToolError } from '../../errors.js';
import { LONGEST_TIMER } from '../../runtime/at-time.js';
import type { InputRequest, InputResponse, Json } from '../../spec.js';
import type { Inbox, Question } from '../../runtime/journal/inbox.js';
import type { JournalEntry } from '../../runtime/journal/journal.js';
import { isNamed } from '../../runtime/scope.js';
import { refusalIn, wrongWith } from '../../tasks/activation/answer-check.js';
import { MemoryJournal } from '../features/memory-journal.js';

/** What a call remembers from one round to the next, in its sealed request state. */
export interface SealedCall {
  /** The same in every round: idempotency keys are made of it. */
  readonly callId: string;
  readonly journal: readonly (readonly [string, JournalEntry])[];
  /** Answers that the journal does not hold yet, because the call waits for others beside them, with their questions' fingerprints. */
  readonly answers: readonly (readonly [string, Json, string])[];
  /** The fingerprint of every question that is out, so that no answer is taken for another question's. */
  readonly asked: readonly (readonly [string, string])[];
}

/**
 * The questions of a call that is answered with `input_required` when it must ask, and runs again when its client comes
 * back with answers (`basic/patterns/mrtr`).
 */
export class Rounds implements Inbox {
  // Nobody answers within this request, so nothing is gained by waiting in memory.
  readonly hold = 0;
  readonly holdsUntil = Date.now() + HELD;
  readonly journal: MemoryJournal;
  readonly #isFirst: boolean;
  readonly #asked: ReadonlyMap<string, string>;
  readonly #answers: Map<string, Answered>;
  readonly #open = new Map<string, Question>();
  readonly #checks = new Set<Promise<Json | undefined>>();
  #wake = Infinity;
  /** How many answers there were when the pass began. */
  #atStart: number;

  /** `responses` are what the client sent along: attacker-controlled, like everything in a request. */
  constructor(
    state?: SealedCall,
    private readonly responses: Readonly<Record<string, unknown>> = {},
  ) {
    this.#isFirst = state === undefined;
    this.journal = new MemoryJournal(state?.journal);
    this.#asked = new Map(state?.asked);
    this.#answers = new Map(state?.answers.map(([key, answer, fingerprint]) => [key, { answer, fingerprint }]));
    this.#atStart = this.#answers.size;
  }

  async ask(key: string, question: Question): Promise<InputResponse> {
    const { deadline, fingerprint } = question;
    const isLate = deadline !== undefined && deadline <= Date.now();
    const known = this.#answers.get(key);
    const isKnown = known?.fingerprint === fingerprint;
    const answer = isKnown ? known.answer : isLate ? undefined : await this.#check(key, question);
    if (answer === undefined) {
      if (isLate) throw PerduraError.of('ELICITATION_EXPIRED', key);
      return new Promise(() => {});
    }
    const refusal = refusalIn(answer);
    if (refusal) throw new ToolError(`The client could not answer: ${refusal.message}`);
    return answer as InputResponse;
  }

  sleep(_key: string, until: number): Promise<void> {
    if (until <= Date.now()) return Promise.resolve();
    this.#wake = Math.min(this.#wake, until);
    return new Promise(() => {});
  }

  /**
   * Whether the call, which has parked, gets further without its client: an answer was still being checked (the checker is
   * loaded when it is first needed) and is good, or it waits for time alone, which is then waited for.
   */
  async getsFurther(signal: AbortSignal): Promise<boolean> {
    const atPark = this.#answers.size;
    await Promise.all(this.#checks);
    if (this.#open.size === 0 && this.#wake < Infinity) await timePasses(this.#wake, signal);
    // Where questions are open, an answer that the call has had already is no reason to run it again.
    else if (this.#answers.size === (this.#open.size > 0 ? atPark : this.#atStart)) return false;
    this.#atStart = this.#answers.size;
    this.#open.clear();
    this.#wake = Infinity;
    return !signal.aborted;
  }

  /** The questions that this round ends with. */
  get questions(): Readonly<Record<string, InputRequest>> {
    return Object.fromEntries([...this.#open].map(([key, { request }]) => [key, request]));
  }

  seal(callId: string): SealedCall {
    const journal = this.journal.entries();
    const unrecorded = [...this.#answers].filter(([key]) => !this.journal.get(key) && !this.#open.has(key));
    const answers = unrecorded.map(([key, { answer, fingerprint }]) => [key, answer, fingerprint] as const);
    const asked = [...this.#open].map(([key, { fingerprint }]) => [key, fingerprint] as const);
    return { callId, journal, answers, asked };
  }

  #check(key: string, question: Question): Promise<Json | undefined> {
    const check = this.#answerTo(key, question).finally(() => this.#checks.delete(check));
    this.#checks.add(check);
    return check;
  }

  /** An answer that does not fit is none: the question is asked again (server requirements, error handling). */
  async #answerTo(key: string, question: Question): Promise<Json | undefined> {
    const { request, fingerprint } = question;
    // Who has no state was asked nothing, but may know a question that has a name, and answer it before.
    const isAsked = this.#isFirst ? isNamed(key) && !isUrl(request) : this.#asked.get(key) === fingerprint;
    const response = this.responses[key] as Json;
    if (!isAsked || !Object.hasOwn(this.responses, key) || (await wrongWith(request, response))) {
      this.#open.set(key, question);
      return undefined;
    }
    this.#answers.set(key, { answer: response, fingerprint });
    return response;
  }
}

interface Answered {
  readonly answer: Json;
  readonly fingerprint: string;
}

/** What nobody can have opened before they were told of it. */
const isUrl = ({ method, params }: InputRequest): boolean => method === 'elicitation/create' && params.mode === 'url';

/** How long a request is held for what its client cannot bring about, such as a user who is at a page, in milliseconds. */
const HELD = 20_000;

async function timePasses(until: number, signal: AbortSignal): Promise<void> {
  // Where that is too short, the call is simply run again too early.
  const wait = Math.min(Math.max(until - Date.now(), 0), LONGEST_TIMER);
  // Aborted: the call is over, and its caller sees that.
  await delay(wait, undefined, { signal, ref: false }).catch(() => undefined);
}
