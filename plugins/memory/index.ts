/** `perdura/plugins/memory`: notes that agents keep, and that their owner reads as resources. */
import { LiveCatalog, type Plugin, type RedisSettings } from 'perdura';
import { AgentMemory } from './agent-memory.js';
import { EmbeddedNotes } from './embedded-notes.js';
import { memoryResources } from './memory-resources.js';
import type { NoteLimits } from './note-store.js';
import { RedisNotes } from './redis-notes.js';

export { AgentMemory, type WriteOptions } from './agent-memory.js';
export { MemoryTools } from './memory-tools.js';
export type { NoteInfo } from './note-store.js';

/** Where notes are kept, and how many. */
export interface MemoryOptions {
  /** Takes what `createApp({ tasks: { redis } })` does. Default: the memory of this process, for as long as it lives. */
  readonly redis?: string | RedisSettings | undefined;
  /** The most bytes of one note. Default 64 KiB. */
  readonly noteBytes?: number;
  /** The most notes of one owner. Default 256. */
  readonly notes?: number;
  /** The most bytes of all notes of one owner. Default 1 MiB. */
  readonly totalBytes?: number;
}

const KIBIBYTE = 1024;

/**
 * A memory for agents: they keep notes by {@link MemoryTools}, and handlers by {@link AgentMemory}. Each owner (`principal.owner`) has
 * notes of its own, which it reads as the resources `memory://` and `memory://{path}` and can subscribe to.
 */
export function memory({ redis, ...given }: MemoryOptions = {}): Plugin {
  const limits: NoteLimits = { noteBytes: 64 * KIBIBYTE, notes: 256, totalBytes: KIBIBYTE * KIBIBYTE, ...given };
  return {
    name: 'memory',
    setup(host) {
      for (const [name, limit] of Object.entries(limits))
        if (!(Number.isSafeInteger(limit) && limit > 0))
          host.mistake(`"${name}" is ${String(limit)}. Let it be a whole number above 0.`);
      const store = redis === undefined ? new EmbeddedNotes() : new RedisNotes(redis);
      host.use(...memoryResources(store));
      host.provide({
        provide: AgentMemory,
        useFactory: (resolve) => new AgentMemory(store, resolve(LiveCatalog), limits),
      });
      host.onClose(() => store.close());
    },
  };
}
