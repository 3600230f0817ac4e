import { milliseconds } from '../metadata/duration.js';
import type { Usage } from '../metadata/model.js';
import type { Budget } from '../metadata/options.js';
import type { AgentUsage } from './context.js';

const COUNTED = ['inputTokens', 'cachedInputTokens', 'outputTokens', 'cost'] as const satisfies (keyof Usage)[];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * What something and all within it has used: an agent, or a tool call. What is added counts for everything around it too, so that
 * no agent can spend what an outer one does not have. Filled from the journal on a replay, like everything else.
 */
export class Meter {
  readonly #used: Mutable<AgentUsage> = { turns: 0, toolCalls: 0 };

  constructor(protected readonly outer?: Meter) {}

  get used(): AgentUsage {
    return { ...this.#used };
  }

  add(more: Partial<AgentUsage>): void {
    this.#used.turns += more.turns ?? 0;
    this.#used.toolCalls += more.toolCalls ?? 0;
    if (more.estimated) this.#used.estimated = true;
    for (const what of COUNTED) {
      const value = more[what];
      if (value !== undefined) this.#used[what] = (this.#used[what] ?? 0) + value;
    }
    this.outer?.add(more);
  }

  /**
   * The limit of an agent's, this one or one around it, that leaves room for one more turn and nothing after it; `reserved` turns
   * are for others.
   */
  reached(now: number, reserved = 0): keyof Budget | undefined {
    return this.outer?.reached(now, reserved);
  }

  /** How many tool calls are left; undefined where nothing limits them. */
  get room(): number | undefined {
    return this.outer?.room;
  }
}

/** The meter of an agent, with the limits of its budget. */
export class AgentMeter extends Meter {
  readonly #ends: number;

  /** `started` is when the agent was started, in milliseconds since 1970. */
  constructor(
    outer: Meter | undefined,
    private readonly budget: Budget,
    started = 0,
  ) {
    super(outer);
    this.#ends = budget.time === undefined ? Infinity : started + milliseconds(budget.time);
  }

  override reached(now: number, reserved = 0): keyof Budget | undefined {
    const { turns, toolCalls, inputTokens = 0, outputTokens = 0, cost = 0 } = this.used;
    const { budget } = this;
    if (turns + 1 + reserved >= (budget.turns ?? Infinity)) return 'turns';
    if (toolCalls >= (budget.toolCalls ?? Infinity)) return 'toolCalls';
    if (inputTokens + outputTokens >= (budget.tokens ?? Infinity)) return 'tokens';
    if (cost >= (budget.cost ?? Infinity)) return 'cost';
    if (now >= this.#ends) return 'time';
    // Each agent around it is left a turn to answer with.
    return super.reached(now, reserved + 1);
  }

  override get room(): number | undefined {
    const { toolCalls } = this.budget;
    if (toolCalls === undefined) return super.room;
    return Math.max(0, Math.min(toolCalls - this.used.toolCalls, super.room ?? Infinity));
  }
}
