/** What nobody waits for: until there is too much of it, or the end has come. */
export class Errands {
  readonly #underWay = new Set<Promise<void>>();

  /** `most` are left to themselves; whoever adds one more waits for it. */
  constructor(private readonly most: number) {}

  /** Takes over a promise that never rejects. */
  add(errand: Promise<void>): Promise<void> | undefined {
    const watched: Promise<void> = errand.then(() => void this.#underWay.delete(watched));
    this.#underWay.add(watched);
    return this.#underWay.size > this.most ? watched : undefined;
  }

  /** Resolves when none is under way. */
  async done(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}
