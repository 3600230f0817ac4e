/** Stands for whom trips are booked with: somebody else's interface, which keeps the reservations. */
export class Agency {
  readonly reservations = new Map<string, string>();

  /** Asked with the same `key` again, it is the same reservation. */
  async reserve(what: string, key: string): Promise<string> {
    this.reservations.set(key, what);
    return what;
  }
}
