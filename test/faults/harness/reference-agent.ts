import { IsBoolean, IsString } from 'class-validator';
import { Agent } from '../../../framework/decorators/agent.js';
import { Task } from '../../../framework/decorators/task.js';
import { Tool } from '../../../framework/decorators/tool.js';
import type { CallContext, TaskContext } from '../../../framework/runtime/context.js';
import type { Model } from '../../../framework/metadata/model.js';
import type { ToolUseContent } from '../../../framework/spec.js';
import { run } from './marking.js';

class Topic {
  @IsString() topic!: string;
}

class Consent {
  @IsBoolean() goOn!: boolean;
}

@Tool({ name: 'look_up', description: 'Finds facts.', input: Topic })
class LookUp {
  async call({ topic }: Topic, ctx: CallContext): Promise<string> {
    const facts = await ctx.all(['first', 'second'], (which) =>
      ctx.step('read', (key) => {
        run(key);
        return `${which} fact on ${topic}`;
      }),
    );
    return facts.join(', ');
  }
}

@Tool({ name: 'keep', description: 'Keeps a note.', input: Topic })
class Keep {
  async call({ topic }: Topic, ctx: CallContext): Promise<string> {
    await ctx.step('write', (key) => void run(key));
    return `kept ${topic}`;
  }
}

@Agent({ instructions: 'Research.', tools: [LookUp, Keep], maxTurns: 6 })
export class Researcher {}

/** Everything that a durable task may do: steps that fail and are tried again, questions, timers, an agent with parallel tools. */
@Task({ name: 'study', description: 'A small research.', input: Topic, hold: 0, concurrency: 100 })
export class Study {
  async call({ topic }: Topic, ctx: TaskContext): Promise<string> {
    const plan = await ctx.step(
      'plan',
      (key) => {
        // The first run fails for everybody: what a failing service answers does not depend on who asks.
        if (run(key) === 0) throw new Error('The first try fails.');
        return `a plan for ${topic}`;
      },
      { attempts: 3 },
    );
    const { goOn } = await ctx.elicit(`Shall I go on with ${plan}?`, Consent);
    await ctx.sleep(20);
    const { text, turns } = await ctx.agent(Researcher, { prompt: `${ctx.taskId}: follow ${plan}` });
    const kept = await ctx.step('publish', (key) => {
      run(key);
      return `published after ${turns} turns`;
    });
    return [goOn ? 'yes' : 'no', text, kept].join('; ');
  }
}

const uses = (turn: number, ...calls: readonly (readonly [string, string])[]): ToolUseContent[] =>
  calls.map(([name, topic], at) => ({ type: 'tool_use', id: `use-${turn}-${at}`, name, input: { topic } }));

/** A model that says the same every time: it looks up twice at once, keeps and looks up, and then tells what it has. */
export const scriptedModel: Model = ({ messages }) => {
  const turn = messages.filter(({ role }) => role === 'assistant').length + 1;
  const [first] = [messages[0]?.content ?? []].flat();
  const taskId = first?.type === 'text' ? (first.text.split(':')[0] ?? '') : '';
  run(`${taskId}/turn#${turn}`);
  const base = { role: 'assistant', model: 'scripted' } as const;
  if (turn === 1) {
    const content = uses(turn, ['look_up', 'tides'], ['look_up', 'winds']);
    return Promise.resolve({ ...base, stopReason: 'toolUse', content });
  }
  if (turn === 2) {
    const content = uses(turn, ['keep', 'tides'], ['look_up', 'waves']);
    return Promise.resolve({ ...base, stopReason: 'toolUse', content });
  }
  const results = messages.flatMap(({ content }) => [content].flat()).filter(({ type }) => type === 'tool_result');
  const text = `I know of ${results.length} things: ${JSON.stringify(results)}`;
  return Promise.resolve({ ...base, stopReason: 'endTurn', content: { type: 'text', text } });
};
