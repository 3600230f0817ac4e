import type { AgentInterceptor } from '../metadata/agent-hooks.js';
import type { AgentHost } from '../runtime/agents/agent-port.js';
import { mapConcurrently } from '../runtime/concurrently.js';
import { Slots } from '../runtime/slots.js';
import type { SamplingMessage, ToolResultContent, ToolUseContent } from '../spec.js';
import type { Toolbox } from './toolbox.js';

// An answer of a megabyte could ask for thousands.
const MOST_CALLS = 64;

/** How the calls of one answer are run. */
export interface Round {
  /** The name of the agent. */
  readonly agent: string;
  readonly tools: Toolbox;
  /** Names of tools that hand over: only one agent can go on. */
  readonly handoffs: Pick<ReadonlyMap<string, unknown>, 'has'>;
  readonly intercept?: readonly AgentInterceptor[] | undefined;
  /** The most milliseconds that each may take. */
  readonly timeout?: number | undefined;
  /** The most that run at a time. */
  readonly concurrency: number;
  /** How many the budget has room for. */
  readonly room?: number | undefined;
}

/**
 * Runs the tool calls of one answer, at most `concurrency` at a time. The message that comes back holds nothing but their
 * results, one for each call in the order of the calls (`client/sampling`, "Message Content Constraints").
 */
export async function runTools(
  host: AgentHost,
  uses: readonly ToolUseContent[],
  { agent, tools, handoffs, concurrency, timeout, intercept, room = Infinity }: Round,
): Promise<SamplingMessage> {
  const ids = new Set<string>();
  const [first] = uses.filter(({ name }) => handoffs.has(name));
  // Decided before anything runs, so that it does not depend on who finishes first.
  const calls = uses.map((use, index): Planned => {
    const isSecond = handoffs.has(use.name) && use !== first;
    const refusal = refusalOf({ index, room, isRepeated: ids.has(use.id), isSecond });
    ids.add(use.id);
    return { use, refusal };
  });
  const slots = new Slots(concurrency);
  const running = calls.filter(({ refusal }) => refusal === undefined);
  const round = host.round(running.length);
  const run = async (call: Planned): Promise<ToolResultContent> => {
    const { use, refusal } = call;
    const share = round.shares[running.indexOf(call)];
    if (share === undefined) return refused(use, refusal ?? '');
    let names: readonly string[] = [];
    const { content: blocks, isError } = await host.callTool({
      agent,
      timeout,
      intercept,
      slots,
      share,
      useId: use.id,
      name: use.name,
      input: use.input,
      // Whoever answers for the model may ask for anything: only what was offered runs.
      find: async () => {
        const all = await tools.all(host.caller);
        names = [...all.keys()];
        return all.get(use.name);
      },
      refusal: () => `There is no such tool. The tools are: ${names.join(', ')}.`,
    });
    return { type: 'tool_result', toolUseId: use.id, content: blocks, ...(isError === true && { isError }) };
  };
  try {
    return { role: 'user', content: await mapConcurrently(calls, calls.length, run) };
  } finally {
    round.end();
  }
}

/** Answers every call of an answer with the same refusal. */
export function refuseTools(uses: readonly ToolUseContent[], reason: string): SamplingMessage {
  return { role: 'user', content: uses.map((use) => refused(use, reason)) };
}

interface Planned {
  readonly use: ToolUseContent;
  /** Why it does not run. */
  readonly refusal?: string | undefined;
}

interface Circumstances {
  readonly index: number;
  readonly room: number;
  readonly isRepeated: boolean;
  readonly isSecond: boolean;
}

function refusalOf({ index, room, isRepeated, isSecond }: Circumstances): string | undefined {
  if (isRepeated) return 'Another call of this message has the same id. Give every call an id of its own.';
  if (isSecond) return 'Another call of this message hands over already, and only one agent can go on.';
  if (index >= room) return `The budget has room for ${room} more tool calls: this one was not run.`;
  return index < MOST_CALLS ? undefined : `Only ${MOST_CALLS} tools run for one message. Ask for fewer at a time.`;
}

function refused({ id }: ToolUseContent, reason: string): ToolResultContent {
  return { type: 'tool_result', toolUseId: id, content: [{ type: 'text', text: reason }], isError: true };
}
