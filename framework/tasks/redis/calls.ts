import type { Redis } from 'ioredis';
import { PerduraError } from '../../errors.js';

type Call = (key: string, ...args: readonly (string | number)[]) => Promise<unknown>;

/** What Redis says where a script is wrong; everything else means that it cannot serve now. */
const MISTAKE = /^(ERR|WRONGTYPE)\b/;

/**
 * Scripts of one subject on a connection, sent by their digest; ioredis sends the text where Redis does not know it, such
 * as after a restart. `KEYS[1]` is what every key begins with.
 */
export class RedisCalls<Name extends string> {
  readonly #calls = new Map<Name, Call>();

  constructor(
    client: Redis,
    private readonly key: string,
    subject: string,
    scripts: Readonly<Record<Name, string>>,
  ) {
    for (const [name, lua] of Object.entries(scripts) as [Name, string][]) {
      const command = `perdura:${subject}:${name}`;
      client.defineCommand(command, { numberOfKeys: 1, lua });
      this.#calls.set(name, ((client as unknown as Record<string, Call>)[command] as Call).bind(client));
    }
  }

  /** @throws PerduraError `STORE_UNAVAILABLE` where Redis does not answer or cannot take the call now */
  async run(name: Name, ...args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await (this.#calls.get(name) as Call)(this.key, ...args);
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** The error of a call that failed: as it is where the script is wrong, and otherwise `STORE_UNAVAILABLE`. */
export function unavailable(error: unknown): unknown {
  if (error instanceof Error && MISTAKE.test(error.message)) return error;
  return PerduraError.from(error, 'STORE_UNAVAILABLE', 'Redis does not take calls now');
}
