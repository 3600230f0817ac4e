import type { Budget } from '../../metadata/options.js';
import { after, type Allowance, emptied, least, limitIn, shareOf } from './allowance.js';
import type { AgentUsage } from '../context.js';
import { addUsage } from './usage.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What was left of a meter, for some that run side by side. */
export interface Division {
  /** One for each, in the order in which they were asked for. */
  readonly shares: readonly Meter[];
  /** Gives back what they have not used. */
  end(): void;
}

/**
 * What something and all within it has used, and what is left for that: a tool call, a branch, a task. Filled from the journal on
 * a replay, like everything else.
 */
export class Meter {
  readonly #used: Mutable<AgentUsage> = { turns: 0, toolCalls: 0 };
  #divisions = 0;

  /** What is added counts for `outer` too, so that nothing can spend what that does not have. */
  constructor(
    private readonly limits: Allowance = {},
    private readonly outer?: Meter,
  ) {}

  get used(): AgentUsage {
    return { ...this.#used };
  }

  /** What is left for agents that start now. */
  get rest(): Allowance {
    return this.#divisions > 0 ? emptied(this.left) : this.left;
  }

  add(more: Partial<AgentUsage>): void {
    this.#used.turns += more.turns ?? 0;
    this.#used.toolCalls += more.toolCalls ?? 0;
    addUsage(this.#used, more);
    this.outer?.add(more);
  }

  /**
   * Divides all that is left evenly among `count` that run side by side. None can spend what is another's, and what they used is
   * added in their order: so nothing that is decided depends on who is faster, or on who was when a process died.
   */
  divide(count: number): Division {
    const { rest } = this;
    const shares = Array.from({ length: count }, (_, index) => new Meter(shareOf(rest, index, count)));
    this.#divisions++;
    return {
      shares,
      end: () => {
        this.#divisions--;
        for (const { used } of shares) this.add(used);
      },
    };
  }

  protected get left(): Allowance {
    const own = after(this.limits, this.#used);
    return this.outer ? least(own, this.outer.rest) : own;
  }
}

/** The meter of an agent, with the limits of its budget. */
export class AgentMeter extends Meter {
  /** The limit that leaves room for one more turn of the agent's and nothing after it. */
  reached(now: number): keyof Budget | undefined {
    return limitIn(this.left, now);
  }

  /** A turn is kept for the agent itself, to answer with. */
  override get rest(): Allowance {
    const rest = super.rest;
    return rest.turns === undefined ? rest : { ...rest, turns: Math.max(0, rest.turns - 1) };
  }
}
