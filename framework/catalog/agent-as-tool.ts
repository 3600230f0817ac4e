import type { Class } from '../metadata/class.js';
import { compileSchema } from '../schema/compile-schema.js';
import { jsonSchema } from '../schema/json-schema.js';
import type { Schema } from '../schema/schema.js';
import type { Tool } from '../spec.js';
import type { ToolEntry } from './catalog.js';
import { published } from './definition.js';
import { NO_INPUT } from './no-input.js';

/** What of a context these tools use: it is not this room's to know. */
interface StartsAgents {
  agent(agent: Class, request: { readonly prompt: string }): Promise<{ readonly value: unknown }>;
}

interface Callee {
  readonly name: string;
  readonly target: Class;
  readonly description: string | undefined;
}

let prompt: Schema<{ prompt: string }> | undefined;

/** An agent as a tool of another: it is given a prompt, and the text of its answer is the result. */
export function agentAsTool({ name, target, description }: Callee): ToolEntry {
  prompt ??= compileSchema(
    jsonSchema<{ prompt: string }>({
      type: 'object',
      properties: { prompt: { type: 'string', description: 'What it is to do, with all that it has to know for it.' } },
      required: ['prompt'],
    }),
    { name: 'an agent' },
  );
  return entryOf(name, target, prompt, description, async (input, ctx) => {
    const { value } = await (ctx as StartsAgents).agent(target, input as { prompt: string });
    return value;
  });
}

export function handoffName(agent: string): string {
  return `hand_over_to_${agent}`;
}

/** What an agent calls to hand the conversation over to another; the loop does what it says. */
export function handoffTool({ name, target, description = '' }: Callee): ToolEntry {
  const told = `Hands the conversation over to ${name}, who then answers in your place. ${description}`.trim();
  return entryOf(handoffName(name), target, NO_INPUT, told, () => `From here on you are ${name}.`);
}

function entryOf(
  name: string,
  target: Class,
  input: Schema,
  description: string | undefined,
  run: NonNullable<ToolEntry['run']>,
): ToolEntry {
  const definition = published<Tool>({ name, description, inputSchema: input.json });
  return Object.freeze({ kind: 'tool', name, target, member: '', input, run, definition });
}
