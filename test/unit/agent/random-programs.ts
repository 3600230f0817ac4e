import { IsArray, IsBoolean, IsString } from 'class-validator';
import {
  Agent,
  type CallContext,
  type CreateMessageRequestParams,
  type CreateMessageResult,
  Task,
  type TaskContext,
  Tool,
  ToolError,
} from 'perdura';
import { fingerprint } from '../../../framework/runtime/journal/fingerprint.js';

/** What a random task does, one after the other. `id` is unique in a program, so that no two conversations are alike. */
export type Statement = { readonly id: string } & (
  | { readonly kind: 'step' | 'agent' | 'lead' | 'ask' | 'sleep' | 'fail' | 'stumble' }
  | { readonly kind: 'all' | 'child'; readonly inside: readonly Statement[] }
);

export type Random = () => number;

const LEAVES = ['step', 'agent', 'agent', 'lead', 'lead', 'ask', 'sleep', 'fail', 'stumble'] as const;

export function randomProgram(random: Random, id = 'p', depth = 0): Statement[] {
  const length = 1 + Math.floor(random() * 3);
  return Array.from({ length }, (_, index): Statement => {
    const own = `${id}.${index}`;
    if (depth < 2 && random() < 0.35)
      return { id: own, kind: random() < 0.6 ? 'all' : 'child', inside: randomProgram(random, own, depth + 1) };
    return { id: own, kind: LEAVES[Math.floor(random() * LEAVES.length)] as (typeof LEAVES)[number] };
  });
}

class Word {
  @IsString() word!: string;
}

class Consent {
  @IsBoolean() ok!: boolean;
}

class Program {
  @IsArray() statements!: Statement[];
}

@Tool({ name: 'write', description: 'Has an effect.', input: Word })
class Write {
  call({ word }: Word, ctx: CallContext) {
    return ctx.step('write', () => `${word}, written`);
  }
}

@Tool({ name: 'stumble', description: 'Fails.', input: Word })
class Stumble {
  call({ word }: Word) {
    throw new ToolError(`${word} is too much`);
  }
}

@Tool({ name: 'publish', description: 'Is approved first.', input: Word, approval: true })
class Publish {
  call({ word }: Word) {
    return `${word}, published`;
  }
}

@Agent({ instructions: 'Help.', description: 'Helps.', tools: [Write], maxTurns: 4, budget: { toolCalls: 4 } })
class Helper {}

@Task({ name: 'errand', description: 'Has help as a child task.', input: Word })
class Errand {
  async call({ word }: Word, ctx: TaskContext) {
    if (word.endsWith('7')) throw new ToolError(`${word} is not for me`);
    return (await ctx.agent(Helper, { prompt: `Run for ${word}` })).text;
  }
}

@Tool({ name: 'spread', description: 'Has help side by side.', input: Word })
class Spread {
  async call({ word }: Word, ctx: CallContext) {
    const texts = await ctx.all(['a', 'b', 'c'], async (part, branch) => {
      return (await branch.agent(Helper, { prompt: `Spread ${word}.${part}` })).text;
    });
    return texts.join(', ');
  }
}

@Task({ name: 'travel', description: 'Has tasks of its own.', input: Word, budget: { tokens: 200 } })
class Travel {
  async call({ word }: Word, ctx: TaskContext) {
    const run = (on: TaskContext, to: string) => on.task(Errand, { word: to }).catch((error: Error) => error.message);
    const both = await ctx.all(['x', 'y7', 'z'], (part, branch) => run(branch, `${word}.${part}`));
    return [...both, await run(ctx, `${word}.home`)].join(', ');
  }
}

@Agent({
  instructions: 'Work.',
  tools: [Write, Stumble, Publish],
  maxTurns: 4,
  concurrency: 3,
  budget: { toolCalls: 5 },
})
class Worker {}

// What it starts shares its budget: helpers of one turn side by side, those of a tool's branches, and those of child tasks.
@Agent({
  instructions: 'Lead.',
  tools: [Write, Helper, Errand, Spread, Travel],
  maxTurns: 5,
  concurrency: 3,
  budget: { turns: 8, tokens: 250 },
})
class Leader {}

async function play(statement: Statement, ctx: TaskContext): Promise<unknown> {
  const { id, kind } = statement;
  if (kind === 'all') return ctx.all(statement.inside, (inner, branch) => play(inner, branch));
  if (kind === 'child') return ctx.task(Play, { statements: [...statement.inside] });
  if (kind === 'step') return ctx.step('step', () => id);
  if (kind === 'ask') return (await ctx.elicit(`May ${id}?`, Consent)).ok;
  if (kind === 'sleep') return ctx.sleep(1);
  if (kind === 'fail') return ctx.step('fail', () => Promise.reject(new Error(id))).catch((error: Error) => error.name);
  // The next attempt gets over it.
  if (kind === 'stumble' && ctx.attempt === 1) throw new Error(id);
  if (kind === 'stumble') return ctx.attempt;
  const { text, turns, toolCalls, stop, usage } = await ctx.agent(kind === 'lead' ? Leader : Worker, {
    prompt: `Do ${id}.`,
  });
  return { text, turns, toolCalls, stop, usage: { ...usage } };
}

@Task({
  name: 'play',
  description: 'Does what it is told.',
  input: Program,
  attempts: 3,
  backoff: ['1ms'],
})
class Play {
  async call({ statements }: Program, ctx: TaskContext) {
    const values: unknown[] = [];
    for (const statement of statements) values.push(await play(statement, ctx));
    return JSON.stringify(values);
  }
}

export const CLASSES = [Play, Worker, Leader, Helper, Write, Stumble, Publish, Errand, Spread, Travel];
const TOOLS = ['write', 'write', 'stumble', 'publish', 'Helper', 'Helper', 'errand', 'spread', 'travel', 'invented'];

/** A model whose every answer follows from the request alone, so that two runs of a program are the same program. */
export function think(seed: number, request: CreateMessageRequestParams): CreateMessageResult {
  let state = Buffer.from(fingerprint([seed, request.messages, request.toolChoice]), 'base64url').readUInt32LE();
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
  const word = `w${below(1000)}`;
  const message = (content: CreateMessageResult['content']) => ({ role: 'assistant' as const, model: 'm', content });
  if (request.toolChoice?.mode !== 'auto' || below(4) === 0) return message({ type: 'text', text: `said ${word}` });
  return message(
    Array.from({ length: 1 + below(3) }, (_, index) => {
      const name = TOOLS[below(TOOLS.length)] as string;
      const input = name === 'Helper' ? { prompt: `Help ${word}${index}` } : { word: `${word}${index}` };
      return { type: 'tool_use' as const, id: `${word}-${index}`, name, input: below(8) === 0 ? { bad: true } : input };
    }),
  );
}
