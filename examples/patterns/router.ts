// The first agent only decides who answers: the conversation goes on with the one that it hands over to.
import { Agent, Task, type TaskContext } from 'perdura';
import { Question } from './question.js';

@Agent({ name: 'billing', description: 'Invoices, payments and refunds.', instructions: 'You are the billing desk.' })
export class Billing {}

@Agent({ name: 'repairs', description: 'Whatever is broken.', instructions: 'You are the repair desk.' })
export class Repairs {}

@Agent({
  name: 'front_desk',
  instructions: 'Hand over to whoever knows. Answer by yourself only what is none of their business.',
  handoffs: [Billing, Repairs],
  maxTurns: 2,
})
export class FrontDesk {}

@Task({ name: 'help', description: 'Answers a customer.', input: Question })
export class HelpTask {
  async call({ question }: Question, ctx: TaskContext) {
    const { value, agent } = await ctx.agent(FrontDesk, { prompt: question });
    return `${agent}: ${value}`;
  }
}
