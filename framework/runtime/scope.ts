import { AsyncLocalStorage } from 'node:async_hooks';
import { PerduraError } from '../errors.js';
import type { Activity } from './activity.js';
import { fingerprint } from './journal/fingerprint.js';
import type { Meter } from './budget/meter.js';

// Some names come from models (tool-use ids); keys stay short and readable whatever they are.
const LONGEST_NAME = 128;

const QUESTION_NAME = /^[A-Za-z][\w.-]{0,63}$/;

/** The named questions of one call, its branches' included. */
interface Questions {
  readonly path: string;
  readonly asked: Set<string>;
}

/** What a scope has of the one that it is in. */
interface Around {
  readonly parent?: Scope;
  readonly questions?: Questions;
  /** How many agents it is inside of. */
  readonly depth?: number;
  /** What agents that are started here spend from; absent where nobody counts. */
  readonly meter?: Meter | undefined;
  /** Aborts when nobody waits any more for what runs here; absent where that is for as long as the call lives. */
  readonly signal?: AbortSignal | undefined;
}

/** What a scope has for itself. */
type Own = Omit<Around, 'parent'>;

/** Whether its author chose this key, so that clients may know it before they are asked. */
export const isNamed = (key: string): boolean => !key.includes('#');

/**
 * The key of a question that is put for the n-th time, where its author has named it: no key is ever used for two questions, so that an
 * answer to the first is not taken for one to the second. No step has such a key: in those there is no `%` before the `#`.
 */
export const againKey = (key: string | undefined, n: number): string | undefined =>
  key === undefined || n === 1 ? key : `${key}%#${n}`;

/** A place in a call that numbers its own effects: the call itself, a branch of `ctx.all`, an agent, a tool call of an agent. */
export class Scope {
  private readonly uses = new Map<string, number>();
  private readonly questions: Questions;

  constructor(
    readonly activity: Activity,
    readonly path = '',
    private readonly around: Around = {},
  ) {
    this.questions = around.questions ?? { path: '', asked: new Set() };
  }

  get depth(): number {
    return this.around.depth ?? 0;
  }

  get meter(): Meter | undefined {
    return this.around.meter;
  }

  get signal(): AbortSignal | undefined {
    return this.around.signal;
  }

  /** The key of the next effect of this name: `path/name#n`. */
  key(name: string): string {
    const n = (this.uses.get(name) ?? 0) + 1;
    this.uses.set(name, n);
    return `${this.path}${segment(name)}#${n}`;
  }

  /**
   * The key of a question that its author has named; without an `#`, so that it is no other effect's. None where it has no name.
   * @throws PerduraError `INVALID_QUESTION_KEY`, `DUPLICATE_QUESTION_KEY` where the call has asked under this name
   */
  questionKey(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    const { path, asked } = this.questions;
    if (!QUESTION_NAME.test(name)) throw PerduraError.of('INVALID_QUESTION_KEY', name);
    if (asked.has(name)) throw PerduraError.of('DUPLICATE_QUESTION_KEY', name);
    asked.add(name);
    return `${path}${name}`;
  }

  /** A scope inside this one; `key` is unique to it. */
  child(key: string, activity: Activity, own: Own = {}): Scope {
    return new Scope(activity, `${key}/`, { ...this.inside, ...own });
  }

  /** The scope of another tool's call within this call: whatever names that gives its questions, they are its own. */
  callee(key: string, activity: Activity, own: Own): Scope {
    return this.child(key, activity, { ...own, questions: { path: `${key}/`, asked: new Set() } });
  }

  /** This scope, with another meter: from here on in place of it. */
  metered(meter: Meter): Scope {
    return new Scope(this.activity, this.path, { ...this.inside, meter });
  }

  /** Runs `work` so that {@link innermost} finds this scope in whatever it starts. */
  enter<T>(work: () => T): T {
    return entered.run(this, work);
  }

  isWithin(other: Scope): boolean {
    return this === other || (this.around.parent?.isWithin(other) ?? false);
  }

  private get inside(): Around {
    return { ...this.around, parent: this, questions: this.questions };
  }
}

const entered = new AsyncLocalStorage<Scope>();

/** The scope that code runs in: `scope`, or the branch of it that was entered, whichever context the code happened to use. */
export function innermost(scope: Scope): Scope {
  const inner = entered.getStore();
  return inner?.isWithin(scope) === true ? inner : scope;
}

/** A name as it stands in a key. Half a character, as cutting a text leaves one behind, would not come back from a store as it was. */
export function segment(name: string): string {
  if (name.length > LONGEST_NAME) return `~${fingerprint(name)}`;
  return name.replace(/[%/#@]|\p{Surrogate}/gu, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
