import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PerduraError } from '../../errors.js';
import { unavailable } from '../../tasks/redis/calls.js';
import type { Letter, Post } from '../post.js';

const ADDRESS = /^[\w-]{1,64}$/;

/** Letters over Redis' Pub/Sub: each process has a channel of its own, and all share one. */
export class RedisPost implements Post {
  readonly address = randomBytes(9).toString('base64url');
  readonly #listeners = new Set<(letter: Letter) => void>();
  readonly #returns = new Set<() => void>();
  #isOpen = false;
  readonly #channel: (to: string) => string;

  /** `hints` only subscribes and has been opened; it is closed by whoever opened it. */
  constructor(
    private readonly connections: { readonly requests: Redis; readonly hints: Redis },
    prefix: string,
    private readonly report: (error: unknown) => void,
  ) {
    this.#channel = (to) => `{${prefix}}:post:${to}`;
    const own = [this.#channel(this.address), this.#channel('all')];
    connections.hints.on('message', (from: string, message: string) => {
      if (own.includes(from)) this.#take(message);
    });
    connections.hints.on(
      'ready',
      () =>
        void this.#subscribe()
          .catch(() => undefined)
          .then(() => this.#back()),
    );
  }

  /** Resolves when letters sent from now on arrive. */
  async open(): Promise<void> {
    await this.#subscribe();
    this.#isOpen = true;
  }

  send(letter: Letter, to?: string): void {
    this.#publish(letter, to).catch(this.report);
  }

  async deliver(letter: Letter, to?: string): Promise<void> {
    const receivers = await this.#publish(letter, to).catch((error: unknown) => Promise.reject(unavailable(error)));
    // It has ended, or its connection breaks at this moment: who sent the letter may try again.
    if (to !== undefined && receivers === 0)
      throw PerduraError.of('STORE_UNAVAILABLE', 'another process is out of its reach');
  }

  // A process subscribes for as long as it lives: no sign of life is needed beside that.
  async isAlive(address: string): Promise<boolean> {
    const [, subscribers] = (await this.connections.requests.pubsub('NUMSUB', this.#channel(address))) as [
      string,
      number,
    ];
    return subscribers > 0;
  }

  onLetter(listener: (letter: Letter) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onReturn(listener: () => void): () => void {
    this.#returns.add(listener);
    return () => void this.#returns.delete(listener);
  }

  /** How many processes it goes to. */
  async #publish(letter: Letter, to = 'all'): Promise<number> {
    if (!ADDRESS.test(to)) return 0;
    const message = JSON.stringify({ from: this.address, letter });
    return this.connections.requests.publish(this.#channel(to), message);
  }

  #back(): void {
    // The first connection is no return.
    if (this.#isOpen) for (const listener of [...this.#returns]) listener();
  }

  async #subscribe(): Promise<void> {
    await this.connections.hints.subscribe(this.#channel(this.address), this.#channel('all'));
  }

  #take(message: string): void {
    try {
      const { from, letter } = JSON.parse(message) as { readonly from: string; readonly letter: Letter };
      if (from !== this.address) for (const listener of [...this.#listeners]) listener(letter);
    } catch (error) {
      // Another version of the app may write other letters.
      this.report(error);
    }
  }
}
