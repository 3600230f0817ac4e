import { type Block, type ModelRequest, type OfferedTool, blocksOf } from '../model.js';

type Json = Record<string, unknown>;

/** What the model understands of a sampling request: all it knows comes from here. */
export interface Conversation {
  /** The user's question: the line after `Question:`, or else the whole prompt. */
  readonly question: string;
  /** The share of the question that this agent was given: the line after `Part:`. */
  readonly part: string;
  /** The text of the first message. */
  readonly prompt: string;
  /** The JSON Schema that the answer must satisfy, as the instructions or the prompt state it. */
  readonly schema: Json;
  /** Model turns so far. */
  readonly turns: number;
  /** The parsed results of the tools called so far, in order; failed calls are left out. */
  readonly results: readonly Json[];
  /** Tools that may be called now: none when the request forbids it. */
  readonly tools: readonly OfferedTool[];
}

/** Reads a sampling request as a model would: instructions, question, schema, tools, what the tools said. */
export function understand(request: ModelRequest): Conversation {
  const [first] = request.messages;
  const prompt = first === undefined ? '' : textOf(blocksOf(first));
  const question = labelled('Question', prompt) ?? prompt.trim();
  return {
    question,
    part: labelled('Part', prompt) ?? question,
    prompt,
    schema: schemaIn(request.systemPrompt ?? '') ?? schemaIn(prompt) ?? {},
    turns: request.messages.filter(({ role }) => role === 'assistant').length,
    results: request.messages.flatMap((message) => blocksOf(message).flatMap(resultOf)),
    tools: request.toolChoice?.mode === 'none' ? [] : (request.tools ?? []),
  };
}

function schemaIn(text: string): Json | undefined {
  return jsonIn(text).findLast((value) => isObject(value.properties));
}

/** The first offered tool that takes an argument of this name. */
export function toolTaking(argument: string, tools: readonly OfferedTool[]): string | undefined {
  return tools.find(({ inputSchema }) => isObject(inputSchema.properties) && argument in inputSchema.properties)?.name;
}

/** Every JSON object that stands in a text, outermost ones only, in order. */
export function jsonIn(text: string): Json[] {
  const found: Json[] = [];
  for (let start = text.indexOf('{'); start >= 0;) {
    const end = closing(text, start);
    const value = end === undefined ? undefined : parse(text.slice(start, end + 1));
    if (value !== undefined) found.push(value);
    start = text.indexOf('{', value === undefined ? start + 1 : (end ?? start) + 1);
  }
  return found;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function closing(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '\\') at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === '{') depth += 1;
    else if (!quoted && sign === '}' && --depth === 0) return at;
  }
  return undefined;
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function resultOf(block: Block): Json[] {
  if (block.type !== 'tool_result' || block.isError === true) return [];
  if (isObject(block.structuredContent)) return [block.structuredContent];
  return jsonIn(block.content.map((part) => (part.type === 'text' ? part.text : '')).join('\n'));
}

function textOf(blocks: readonly Block[]): string {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

function labelled(label: string, text: string): string | undefined {
  return new RegExp(`^${label}:[ \\t]*(.+)$`, 'mu').exec(text)?.[1]?.trim();
}
