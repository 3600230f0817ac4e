// A draft waits for a person, for days if need be, and holds no worker meanwhile; what is said against it goes into the next draft.
import { IsBoolean, IsOptional, IsString } from 'class-validator';
import { Agent, Description, Task, type TaskContext } from 'perdura';
import { Question } from './question.js';

class Review {
  @IsBoolean() @Description('Send it as it is') approved!: boolean;
  @IsString() @IsOptional() @Description('What should be different') comment?: string;
}

@Agent({
  instructions: 'Write the letter that you are asked for. Take every comment on an earlier draft into account.',
})
export class Secretary {}

const DRAFTS = 3;

@Task({ name: 'letter', description: 'Writes a letter that you approve.', input: Question, ttl: '7d' })
export class LetterTask {
  async call({ question }: Question, ctx: TaskContext) {
    let prompt = question;
    for (let draft = 1; draft <= DRAFTS; draft++) {
      const { value: letter } = await ctx.agent(Secretary, { prompt });
      const { approved, comment } = await ctx.elicit(`Draft ${draft}:\n\n${letter}`, Review, { timeout: '2d' });
      if (approved) return letter;
      prompt += `\n\nYour draft:\n${letter}\n\nThe comment on it: ${comment ?? 'none'}`;
    }
    return 'No draft was approved.';
  }
}
