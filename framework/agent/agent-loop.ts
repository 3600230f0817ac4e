import { PerduraError } from '../errors.js';
import type { Summary } from '../metadata/agent-hooks.js';
import type { Class } from '../metadata/class.js';
import type { AgentHost } from '../runtime/agents/agent-port.js';
import { carrying } from '../runtime/asking/carried.js';
import type { AgentResult, AgentStop } from '../runtime/context.js';
import { issueText } from '../runtime/results/issues.js';
import { textOf, toolUsesOf } from '../runtime/agents/answer-content.js';
import type { Issue, Schema } from '../schema/schema.js';
import type { SamplingMessage, ToolUseContent } from '../spec.js';
import { requestsOf, type Role } from './role.js';
import { readAnswer, repairPrompt, REPAIRS } from './structured-answer.js';
import { refuseTools, runTools } from './tool-round.js';

/** What an agent is to do, everything looked up. */
export interface AgentTask {
  readonly role: Role;
  readonly messages: readonly SamplingMessage[];
  /** The shape of the final answer. */
  readonly output?: Schema;
  /** Another agent, to hand over to: always the same role, however often. */
  roleOf(agent: Class): Role;
}

/** Takes turns until the model answers without asking for tools, or may ask for none any more. */
export async function runLoop(
  host: AgentHost,
  { role: first, output, ...task }: AgentTask,
): Promise<AgentResult<unknown>> {
  const messages = [...task.messages];
  let role = first;
  let request = requestsOf(host, role, output);
  let summary: Summary | undefined;
  let [toolCalls, repairs] = [0, 0];
  // Of each by itself: two that hand over to each other come to an end like one.
  const taken = new Map<Role, number>();
  for (let turns = 1; ; turns++) {
    const { name: agent, tools, options, model } = role;
    const own = (taken.get(role) ?? 0) + 1;
    taken.set(role, own);
    const said = [...messages];
    const isRepair = repairs > 0;
    const prepare = request;
    const conversation = { messages: said, asked: task.messages.length, ...(summary && { summary }) };
    const { answer, carry, limit, room, ...made } = await host.turn({
      agent,
      number: turns,
      messages: said,
      limit: own >= role.maxTurns ? 'maxTurns' : undefined,
      request: (reached, ask) => prepare({ ...conversation, ask }, isRepair || reached !== undefined),
      intercept: options.intercept,
      usesTools: !tools.isEmpty,
      model,
    });
    summary = made.summary ?? summary;
    const isLast = isRepair || limit !== undefined;
    const uses = toolUsesOf(answer);
    messages.push(carrying({ role: 'assistant', content: answer.content }, carry));
    if (uses.length > 0 && !isLast) {
      toolCalls += uses.length;
      const { concurrency, toolTimeout: timeout, intercept } = options;
      const { handoffs } = role;
      const results = await runTools(host, uses, { agent, tools, handoffs, concurrency, timeout, intercept, room });
      messages.push(results);
      const next = handover(role, uses, results);
      if (next === undefined) continue;
      role = task.roleOf(next);
      request = requestsOf(host, role, output);
      continue;
    }
    const text = textOf(answer);
    const read = output === undefined ? ({ ok: true, value: text } as const) : await readAnswer(output, text);
    if (read.ok) {
      // Nobody may continue from messages whose last tool calls have no results.
      if (uses.length > 0) messages.push(refuseTools(uses, 'Tools are no longer offered.'));
      const stop: AgentStop = isRepair || tools.isEmpty ? 'answer' : (limit ?? 'answer');
      return { value: read.value, agent, text, messages, turns, toolCalls, usage: host.used, stop };
    }
    if (repairs++ === REPAIRS) throw PerduraError.of('AGENT_OUTPUT_INVALID', agent, brief(read.issues));
    const repair = repairPrompt(read.issues);
    messages.push(
      uses.length > 0 ? refuseTools(uses, repair) : { role: 'user', content: { type: 'text', text: repair } },
    );
  }
}

/** The agent that a turn handed over to, by a call that was not refused. */
function handover({ handoffs }: Role, uses: readonly ToolUseContent[], results: SamplingMessage): Class | undefined {
  const done = new Set(
    [results.content]
      .flat()
      .flatMap((block) => (block.type === 'tool_result' && !block.isError ? [block.toolUseId] : [])),
  );
  const call = uses.find(({ id, name }) => done.has(id) && handoffs.has(name));
  return call && handoffs.get(call.name);
}

const brief = ([first]: readonly Issue[]): string => (first === undefined ? 'no reason' : issueText(first));
