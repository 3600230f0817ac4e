import { createHash } from 'node:crypto';
import { blocksOf, type ModelAnswer, type ModelRequest, type SamplingModel } from './model.js';

/** One turn of one of the server's agents, as the client's model saw it. */
export interface Turn {
  /** Which agent: `planner`, or `researcher 2` where there are several. */
  readonly agent: string;
  /** What it works on: its share of the question. */
  readonly topic: string;
  readonly number: number;
  /** The tools that the model called, in words; empty for an answer. */
  readonly calls: readonly string[];
  readonly answer: string;
}

/** Counts what passes through the client's model, and tells `onTurn` of it. */
export class Transcript {
  turns = 0;
  toolCalls = 0;
  /** Requests that came twice with equal content: turns that a server asked to be paid for again. */
  repeatedTurns = 0;
  /** The model's last failure; what the server makes of it says less. */
  failure: Error | undefined;
  private readonly agents = new Map<string, { readonly name: string; turns: number }>();
  private readonly seen = new Set<string>();

  constructor(private readonly onTurn: (turn: Turn) => void) {}

  get agentCount(): number {
    return this.agents.size;
  }

  /** The same model, observed. */
  observe(model: SamplingModel): SamplingModel {
    return async (request) => {
      const fingerprint = digest({ ...request, _meta: undefined });
      if (this.seen.has(fingerprint)) this.repeatedTurns += 1;
      this.seen.add(fingerprint);
      try {
        const answer = await model(request);
        this.record(request, answer);
        return answer;
      } catch (error) {
        this.failure = error as Error;
        throw error;
      }
    };
  }

  private record(request: ModelRequest, answer: ModelAnswer): void {
    const blocks = blocksOf(answer);
    const calls = blocks.flatMap((block) => (block.type === 'tool_use' ? [`${block.name} ${brief(block.input)}`] : []));
    const agent = this.agentOf(request);
    agent.turns += 1;
    this.turns += 1;
    this.toolCalls += calls.length;
    const text = blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(' ');
    this.onTurn({ agent: agent.name, topic: topicOf(request), number: agent.turns, calls, answer: summary(text) });
  }

  /** A conversation is one agent's run: its instructions and first message stay the same from turn to turn. */
  private agentOf({ systemPrompt, messages }: ModelRequest): { readonly name: string; turns: number } {
    const key = digest([systemPrompt, messages[0]]);
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    const role = /\bYou are (?:an?|the) (\w+)/u.exec(systemPrompt ?? '')?.[1] ?? 'agent';
    const before = [...this.agents.values()].filter(({ name }) => name.startsWith(role)).length;
    const agent = { name: role === 'researcher' || role === 'checker' ? `${role} ${before + 1}` : role, turns: 0 };
    this.agents.set(key, agent);
    return agent;
  }
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64');
}

function topicOf({ messages: [first] }: ModelRequest): string {
  const text =
    first === undefined
      ? ''
      : blocksOf(first)
          .map((block) => (block.type === 'text' ? block.text : ''))
          .join('\n');
  return (/^Part: (.+)$/mu.exec(text) ?? /^Question: (.+)$/mu.exec(text))?.[1] ?? '';
}

/** A tool call's input in a few words: `"ioredis reconnect"`, `README.md:860`. */
function brief(input: Record<string, unknown>): string {
  if (typeof input.query === 'string') return `"${input.query}"`;
  if (typeof input.path === 'string') return `${input.path}:${String(input.line ?? 1)}`;
  return JSON.stringify(input);
}

function summary(text: string): string {
  const lists = text.match(/"(parts|claims)":\s*\[/u);
  if (lists?.[1] === undefined) return text.slice(0, 80);
  try {
    const value = JSON.parse(text) as Record<string, readonly unknown[] | undefined>;
    return `${value[lists[1]]?.length ?? 0} ${lists[1]}`;
  } catch {
    return text.slice(0, 80);
  }
}
