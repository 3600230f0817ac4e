// Every night a firing of the schedule creates this task for a service, on whichever worker has room. With Redis, each firing makes
// one task however many processes run; a client may start the same task by hand.
import { Agent, Description, Tool, Task, type TaskContext } from 'perdura';
import { IsString } from 'class-validator';

class Topic {
  @IsString() @Description('What the briefing is about') topic!: string;
}

@Tool({ name: 'headlines', description: 'What was reported on a topic.', input: Topic })
export class Headlines {
  call({ topic }: Topic) {
    return `Quiet on ${topic}.`;
  }
}

@Agent({ name: 'reporter', instructions: 'Brief the morning shift in three sentences.', tools: [Headlines] })
export class Reporter {}

@Task({
  name: 'briefing',
  description: 'Writes the briefing of a day.',
  input: Topic,
  schedule: { cron: '0 3 * * *', owner: 'night-desk', input: { topic: 'outages' } },
  attempts: 3,
  resultTtl: '7d',
})
export class BriefingTask {
  async call({ topic }: Topic, ctx: TaskContext) {
    const day = new Date(await ctx.now()).toISOString().slice(0, 10);
    const { value } = await ctx.agent(Reporter, { prompt: `The briefing of ${day}, on ${topic}.` });
    return `${day}: ${value}`;
  }
}
