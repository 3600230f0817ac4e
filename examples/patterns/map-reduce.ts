// Each part of a long text is read by an agent of its own, and the notes are merged in pairs until one is left: no model ever sees more
// than it can read, and a crash loses at most the turns that were being taken.
import { IsString } from 'class-validator';
import { Agent, Task, type TaskContext } from 'perdura';

class LongText {
  @IsString() text!: string;
}

@Agent({ instructions: 'Note the facts of this text, one a line.', maxTokens: 1000 })
export class Reader {}

@Agent({ instructions: 'Merge these two lists of facts into one, without repetitions.', maxTokens: 1000 })
export class Merger {}

@Task({ name: 'digest', description: 'Digests a long text.', input: LongText })
export class DigestTask {
  async call({ text }: LongText, ctx: TaskContext) {
    const parts = text.split(/\n\n+/);
    let notes = await ctx.all(parts, async (part, branch) => (await branch.agent(Reader, { prompt: part })).value);
    while (notes.length > 1) {
      const pairs = Array.from({ length: Math.ceil(notes.length / 2) }, (_, at) => notes.slice(2 * at, 2 * at + 2));
      notes = await ctx.all(pairs, async ([first = '', second], branch) =>
        second === undefined ? first : (await branch.agent(Merger, { prompt: `${first}\n---\n${second}` })).value,
      );
    }
    return notes[0] ?? '';
  }
}
