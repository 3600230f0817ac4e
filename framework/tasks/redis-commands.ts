import type { Redis } from 'ioredis';
import { StoreError } from './redis-errors.js';
import { SCRIPT_NAMES, type ScriptName, scriptText } from './redis-scripts/scripts.js';

type Script = (key: string, ...args: readonly (string | number)[]) => Promise<unknown>;

/** What Redis says where a script is wrong; everything else means that it cannot serve now. */
const MISTAKE = /^(ERR|WRONGTYPE)\b/;

/**
 * The store's scripts on one connection, sent by their digest. ioredis sends the text where Redis does not know it,
 * such as after a restart.
 */
export class RedisCommands {
  readonly #scripts = new Map<ScriptName, Script>();

  /** `key` is what every key of the store begins with. */
  constructor(
    client: Redis,
    private readonly key: string,
    options: { readonly hasFlags: boolean },
  ) {
    for (const name of SCRIPT_NAMES) {
      const command = `perdura:${name}`;
      client.defineCommand(command, { numberOfKeys: 1, lua: scriptText(name, options) });
      const script = (client as unknown as Record<string, Script>)[command] as Script;
      this.#scripts.set(name, script.bind(client));
    }
  }

  /** @throws StoreError `STORE_UNAVAILABLE` where Redis does not answer or cannot take the call now */
  async run(name: ScriptName, ...args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await (this.#scripts.get(name) as Script)(this.key, ...args);
    } catch (error) {
      if (error instanceof Error && MISTAKE.test(error.message)) throw error;
      throw StoreError.unavailable('Redis does not take calls now', error);
    }
  }
}
