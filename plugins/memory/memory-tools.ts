import { type CallContext, Injectable, jsonSchema, Tool, ToolError } from 'perdura';
import { AgentMemory } from './agent-memory.js';

const PATH = { type: 'string', description: 'Names in folders, such as "plans/garden.md"' } as const;

const ONE = jsonSchema<{ path: string }>({ type: 'object', properties: { path: PATH }, required: ['path'] });

const WRITE = jsonSchema<{ path: string; text: string; append?: boolean }>({
  type: 'object',
  properties: {
    path: PATH,
    text: { type: 'string', description: 'What the note is to say, as plain text or Markdown' },
    append: { type: 'boolean', description: 'Put the text behind what the note says already. Default: in its place' },
  },
  required: ['path', 'text'],
});

const OWN = { openWorldHint: false } as const;

/**
 * The tools by which agents keep notes: name the class in `@Agent({ tools })`. Listed in `createApp({ use })` too, it offers them to
 * clients, each for the notes of its own user.
 */
@Injectable()
export class MemoryTools {
  constructor(private readonly memory: AgentMemory) {}

  @Tool({
    name: 'memory.list',
    description: 'List the notes that you have kept, with their sizes in bytes and when each was written last.',
    annotations: { ...OWN, readOnlyHint: true },
  })
  async list(_: unknown, ctx: CallContext): Promise<object> {
    const notes = await this.memory.list(ctx);
    return notes.map(({ updatedAt, ...note }) => ({ ...note, updatedAt: new Date(updatedAt).toISOString() }));
  }

  @Tool({
    name: 'memory.read',
    description: 'Read a note that you have kept.',
    input: ONE,
    annotations: { ...OWN, readOnlyHint: true },
  })
  async read({ path }: { path: string }, ctx: CallContext): Promise<string> {
    const text = await this.memory.read(ctx, path);
    if (text === undefined) throw new ToolError('There is no such note: "memory.list" names those that there are.');
    return text;
  }

  @Tool({
    name: 'memory.write',
    description:
      'Keep a note for later, also for later conversations. Replaces the note of that path, or appends to it.',
    input: WRITE,
    annotations: { ...OWN, destructiveHint: true },
    // A write that a crash cut off is known by its key, so nobody has to be asked about it.
    onCrash: 'retry',
  })
  async write(
    { path, text, append = false }: { path: string; text: string; append?: boolean },
    ctx: CallContext,
  ): Promise<string> {
    const { size } = await this.memory.write(ctx, path, text, { append });
    return `Kept "${path}": it has ${size} bytes now.`;
  }

  @Tool({
    name: 'memory.delete',
    description: 'Delete a note that is of no use any more.',
    input: ONE,
    annotations: { ...OWN, destructiveHint: true, idempotentHint: true },
    onCrash: 'retry',
  })
  async delete({ path }: { path: string }, ctx: CallContext): Promise<string> {
    return (await this.memory.delete(ctx, path)) ? `Deleted "${path}".` : `There was no note "${path}".`;
  }
}
