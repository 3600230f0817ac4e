// A planner splits the question, a researcher takes each part, all at once, and an editor makes one text of what they found.
import { ArrayMaxSize, IsArray, IsString } from 'class-validator';
import { Agent, agentTool, Task, type TaskContext } from 'perdura';
import { Question } from './question.js';

class Plan {
  @IsArray() @IsString({ each: true }) @ArrayMaxSize(5) parts!: string[];
}

const today = agentTool({ name: 'today', description: 'The date.', call: () => new Date().toISOString().slice(0, 10) });

@Agent({ instructions: 'Split the question into parts that can be answered one by one.', maxTurns: 1 })
export class Planner {}

@Agent({ instructions: 'Answer this part in two sentences.', tools: [today], budget: { turns: 6, time: '10m' } })
export class Researcher {}

@Agent({ instructions: 'Make one short text of these notes. Add nothing.' })
export class Editor {}

@Task({ name: 'report', description: 'Researches a question in parts.', input: Question })
export class ReportTask {
  async call({ question }: Question, ctx: TaskContext) {
    const { value: plan } = await ctx.agent(Planner, { prompt: question, output: Plan });
    const notes = await ctx.all(plan.parts, async (part, branch) => {
      const { value } = await branch.agent(Researcher, { prompt: `${question}\n\nYour part: ${part}` });
      return `## ${part}\n${value}`;
    });
    return (await ctx.agent(Editor, { prompt: notes.join('\n\n') })).value;
  }
}
