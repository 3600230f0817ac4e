const PRIORITY = 100;

/**
 * Whose jobs are taken next where several task names wait for a slot. Every start moves the next turn of its name on by its
 * priority, and the earliest turn comes first: a name of priority 10 is started ten times as often as one of priority 100
 * while both wait, and none waits for ever. What was not used is not saved up: a name that had nothing to do begins at the
 * turn that is now.
 */
export class Turns {
  #now = 0;
  readonly #next = new Map<string, number>();

  constructor(private readonly priorities: ReadonlyMap<string, number> = new Map()) {}

  /** A name has jobs again, after it had none. */
  enter(tool: string): void {
    this.#next.set(tool, Math.max(this.#next.get(tool) ?? 0, this.#now + this.#priority(tool)));
  }

  /** A job of the name starts. */
  take(tool: string): void {
    const turn = this.#turn(tool, 0);
    this.#now = Math.max(this.#now, turn);
    this.#next.set(tool, turn + this.#priority(tool));
  }

  /**
   * Which of the candidates is next; `reserved` counts jobs of it that are about to start. Of equals it is the one of the
   * better priority, then the one that stands first.
   */
  first<T extends { readonly tool: string; readonly reserved?: number }>(candidates: Iterable<T>): T | undefined {
    let best: T | undefined;
    let [turn, priority] = [Infinity, Infinity];
    for (const candidate of candidates) {
      const own = this.#turn(candidate.tool, candidate.reserved ?? 0);
      const ownPriority = this.#priority(candidate.tool);
      if (own > turn || (own === turn && ownPriority >= priority)) continue;
      [best, turn, priority] = [candidate, own, ownPriority];
    }
    return best;
  }

  #turn(tool: string, reserved: number): number {
    if (!this.#next.has(tool)) this.enter(tool);
    return (this.#next.get(tool) as number) + reserved * this.#priority(tool);
  }

  #priority(tool: string): number {
    return this.priorities.get(tool) ?? PRIORITY;
  }
}
