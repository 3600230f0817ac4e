import { type CallContext, type Class, Resource } from 'perdura';
import { INDEX_URI, isNotePath, uriOf } from './note-path.js';
import type { NoteStore } from './note-store.js';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  json: 'application/json',
  csv: 'text/csv',
};

/** The most suggestions that a client is given. */
const SUGGESTIONS = 100;

/** The notes as resources: a list of all, and each by its path. Whoever reads is shown their own. */
export function memoryResources(notes: NoteStore): readonly Class[] {
  @Resource({
    name: 'memory',
    uri: INDEX_URI,
    description: 'Which notes agents have kept for you.',
    mimeType: 'application/json',
  })
  class MemoryIndex {
    async read(_: object, { principal }: CallContext): Promise<object> {
      const all = await notes.list(principal.owner);
      const shown = all.map(({ path, size, updatedAt }) => ({
        ...{ uri: uriOf(path), path, mimeType: mediaType(path), size },
        lastModified: new Date(updatedAt).toISOString(),
      }));
      return { notes: shown };
    }
  }

  @Resource({
    name: 'memory-note',
    uriTemplate: 'memory://{+path}',
    description: 'A note that agents have kept for you.',
    complete: {
      path: async (value, _, { owner }) => {
        const paths = (await notes.list(owner)).map(({ path }) => path);
        return paths.filter((path) => path.startsWith(value)).slice(0, SUGGESTIONS);
      },
    },
  })
  class MemoryNote {
    async read({ path }: { readonly path: string }, { principal }: CallContext): Promise<object | undefined> {
      const text = isNotePath(path) ? await notes.read(principal.owner, path) : undefined;
      return text === undefined ? undefined : { contents: [{ uri: uriOf(path), mimeType: mediaType(path), text }] };
    }
  }
  return [MemoryIndex, MemoryNote];
}

const mediaType = (path: string): string => MEDIA_TYPES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? 'text/plain';
