interface Due {
  readonly id: string;
  readonly at: number;
}

/** Which ids are due when: a binary heap that knows the place of each id, so that a new time replaces the old one. */
export class DueIndex {
  readonly #heap: Due[] = [];
  readonly #places = new Map<string, number>();

  set(id: string, at: number): void {
    const place = this.#places.get(id) ?? this.#heap.length;
    this.#put(place, { id, at });
    this.#settle(place);
  }

  delete(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    const last = this.#heap.pop() as Due;
    if (place === this.#heap.length) return;
    this.#put(place, last);
    this.#settle(place);
  }

  /** The ids whose time has come, earliest first. */
  past(now: number, limit: number): string[] {
    const found: Due[] = [];
    const places = [0];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const due = this.#heap[place];
      // No child is due before its parent.
      if (!due || due.at > now) continue;
      found.push(due);
      places.push(2 * place + 1, 2 * place + 2);
    }
    found.sort((a, b) => a.at - b.at);
    return found.slice(0, limit).map(({ id }) => id);
  }

  #settle(place: number): void {
    this.#sink(this.#rise(place));
  }

  #rise(place: number): number {
    const parent = (place - 1) >> 1;
    if (place === 0 || this.#at(parent) <= this.#at(place)) return place;
    this.#swap(place, parent);
    return this.#rise(parent);
  }

  #sink(place: number): void {
    const left = 2 * place + 1;
    const child = this.#at(left + 1) < this.#at(left) ? left + 1 : left;
    if (this.#at(place) <= this.#at(child)) return;
    this.#swap(place, child);
    this.#sink(child);
  }

  #at(place: number): number {
    return this.#heap[place]?.at ?? Infinity;
  }

  #put(place: number, due: Due): void {
    this.#heap[place] = due;
    this.#places.set(due.id, place);
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a] as Due, this.#heap[b] as Due];
    this.#put(a, second);
    this.#put(b, first);
  }
}
