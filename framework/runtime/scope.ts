import { AsyncLocalStorage } from 'node:async_hooks';
import type { Activity } from './activity.js';
import { fingerprint } from './fingerprint.js';

// Some names come from models (tool-use ids); keys stay short and readable whatever they are.
const LONGEST_NAME = 128;

/** A place in a call that numbers its own effects: the call itself, a branch of `ctx.all`, an agent, a tool call of an agent. */
export class Scope {
  private readonly uses = new Map<string, number>();

  constructor(
    readonly activity: Activity,
    readonly path = '',
    private readonly parent?: Scope,
  ) {}

  /** The key of the next effect of this name: `path/name#n`. */
  key(name: string): string {
    const n = (this.uses.get(name) ?? 0) + 1;
    this.uses.set(name, n);
    return `${this.path}${segment(name)}#${n}`;
  }

  /** A scope inside this one; `key` is unique to it. */
  child(key: string, activity: Activity): Scope {
    return new Scope(activity, `${key}/`, this);
  }

  /** Runs `work` so that {@link innermost} finds this scope in whatever it starts. */
  enter<T>(work: () => T): T {
    return entered.run(this, work);
  }

  isWithin(other: Scope): boolean {
    return this === other || (this.parent?.isWithin(other) ?? false);
  }
}

const entered = new AsyncLocalStorage<Scope>();

/** The scope that code runs in: `scope`, or the branch of it that was entered, whichever context the code happened to use. */
export function innermost(scope: Scope): Scope {
  const inner = entered.getStore();
  return inner?.isWithin(scope) === true ? inner : scope;
}

function segment(name: string): string {
  if (name.length > LONGEST_NAME) return `~${fingerprint(name)}`;
  return name.replace(/[%/#@]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
}
