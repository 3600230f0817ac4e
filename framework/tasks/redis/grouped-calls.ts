import type { Redis } from 'ioredis';
import { unavailable } from './calls.js';

type Argument = string | number;

interface Call {
  readonly args: readonly Argument[];
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

/** More would keep Redis from others, and both sides from working at the same time. */
const MOST_CALLS = 16;
/** From so many characters on, a group has enough to say. */
const MOST_TEXT = 64 * 1024;

/**
 * Calls of one script that takes several at once: those that one turn of the event loop makes go together, since each
 * message costs both sides as much as what it says. `KEYS[1]` is what every key begins with.
 */
export class RedisGroupedCalls<Name extends string> {
  readonly #send: (key: string, ...args: Argument[]) => Promise<unknown>;
  #waiting: Call[] = [];

  constructor(
    client: Redis,
    private readonly key: string,
    name: string,
    lua: string,
  ) {
    const command = `perdura:${name}`;
    client.defineCommand(command, { numberOfKeys: 1, lua });
    const commands = client as unknown as Record<string, (key: string, ...args: Argument[]) => Promise<unknown>>;
    this.#send = (commands[command] as (key: string, ...args: Argument[]) => Promise<unknown>).bind(client);
  }

  /** @throws PerduraError `STORE_UNAVAILABLE` where Redis does not answer or cannot take the call now */
  run(name: Name, ...args: readonly Argument[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // After all that goes on in this turn, and before anything else.
      if (this.#waiting.length === 0) process.nextTick(() => this.#sendAll());
      this.#waiting.push({ args: [name, args.length, ...args], resolve, reject });
    });
  }

  #sendAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    let group: Call[] = [];
    let text = 0;
    for (const call of waiting) {
      group.push(call);
      for (const argument of call.args) text += typeof argument === 'string' ? argument.length : 8;
      if (group.length < MOST_CALLS && text < MOST_TEXT) continue;
      void this.#sendGroup(group);
      [group, text] = [[], 0];
    }
    if (group.length > 0) void this.#sendGroup(group);
  }

  async #sendGroup(group: readonly Call[]): Promise<void> {
    try {
      const replies = (await this.#send(this.key, ...group.flatMap(({ args }) => args))) as readonly unknown[];
      group.forEach((call, index) => {
        const reply = replies[index];
        if (reply instanceof Error) call.reject(unavailable(reply));
        else call.resolve(reply);
      });
    } catch (error) {
      for (const call of group) call.reject(unavailable(error));
    }
  }
}
