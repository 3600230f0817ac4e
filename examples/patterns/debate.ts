// Two agents argue, each hearing the other, and a third decides: the conversation is a list of messages like any other value.
import { IsIn, IsString } from 'class-validator';
import { Agent, Task, type TaskContext } from 'perdura';
import { Question } from './question.js';

class Verdict {
  @IsIn(['for', 'against']) winner!: 'for' | 'against';
  @IsString() reason!: string;
}

@Agent({ instructions: 'Argue for the motion in three sentences. Answer what was said against it.' })
export class Proponent {}

@Agent({ instructions: 'Argue against the motion in three sentences. Answer what was said for it.' })
export class Opponent {}

@Agent({ instructions: 'Decide who argued better, whatever you think of the motion.' })
export class Judge {}

const ROUNDS = 2;

@Task({ name: 'debate', description: 'Has a motion debated and decided.', input: Question, output: Verdict })
export class DebateTask {
  async call({ question }: Question, ctx: TaskContext) {
    let transcript = `The motion: ${question}`;
    for (let round = 1; round <= ROUNDS; round++) {
      for (const [side, speaker] of [
        ['For', Proponent],
        ['Against', Opponent],
      ] as const) {
        const { value } = await ctx.agent(speaker, { prompt: transcript });
        transcript += `\n\n${side}: ${value}`;
      }
    }
    return (await ctx.agent(Judge, { prompt: transcript, output: Verdict })).value;
  }
}
