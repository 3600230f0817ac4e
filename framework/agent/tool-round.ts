import type { ToolEntry } from '../catalog/catalog.js';
import type { AgentHost } from '../runtime/agent-port.js';
import { mapConcurrently } from '../runtime/concurrently.js';
import type { SamplingMessage, Tool, ToolResultContent, ToolUseContent } from '../spec.js';

// An answer of a megabyte could ask for thousands.
const MOST_CALLS = 64;

/** The tools as a model is offered them: what it needs to choose and call, and nothing else. */
export function offer(tools: ReadonlyMap<string, ToolEntry>): Tool[] {
  return [...tools.values()].map(({ definition: { name, description, inputSchema } }) => ({
    name,
    ...(description !== undefined && { description }),
    inputSchema,
  }));
}

/**
 * Runs the tool calls of one answer, at most `concurrency` at a time. The message that comes back holds nothing but their
 * results, one for each call in the order of the calls (`client/sampling`, "Message Content Constraints").
 */
export async function runTools(
  host: AgentHost,
  tools: ReadonlyMap<string, ToolEntry>,
  uses: readonly ToolUseContent[],
  concurrency: number,
): Promise<SamplingMessage> {
  const ids = new Set<string>();
  // Decided before anything runs, so that it does not depend on who finishes first.
  const calls = uses.map((use, index) => {
    const refusal = refusalOf(use, { tools, index, isRepeated: ids.has(use.id) });
    ids.add(use.id);
    return { use, refusal };
  });
  const content = await mapConcurrently(calls, concurrency, async ({ use, refusal }): Promise<ToolResultContent> => {
    const entry = tools.get(use.name);
    if (refusal !== undefined || entry === undefined) return refused(use, refusal ?? 'There is no such tool.');
    const { content: blocks, isError } = await host.callTool(use.id, entry, use.input);
    return { type: 'tool_result', toolUseId: use.id, content: blocks, ...(isError === true && { isError }) };
  });
  return { role: 'user', content };
}

/** Answers every call of an answer with the same refusal. */
export function refuseTools(uses: readonly ToolUseContent[], reason: string): SamplingMessage {
  return { role: 'user', content: uses.map((use) => refused(use, reason)) };
}

interface Circumstances {
  readonly tools: ReadonlyMap<string, ToolEntry>;
  readonly index: number;
  readonly isRepeated: boolean;
}

// Whoever answers for the model may ask for anything: only what was offered runs.
function refusalOf({ name }: ToolUseContent, { tools, index, isRepeated }: Circumstances): string | undefined {
  if (!tools.has(name)) return `There is no such tool. The tools are: ${[...tools.keys()].join(', ')}.`;
  if (isRepeated) return 'Another call of this message has the same id. Give every call an id of its own.';
  return index < MOST_CALLS ? undefined : `Only ${MOST_CALLS} tools run for one message. Ask for fewer at a time.`;
}

function refused({ id }: ToolUseContent, reason: string): ToolResultContent {
  return { type: 'tool_result', toolUseId: id, content: [{ type: 'text', text: reason }], isError: true };
}
