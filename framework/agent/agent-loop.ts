import type { AgentEntry, ToolEntry } from '../catalog/catalog.js';
import { PerduraError } from '../errors.js';
import type { AgentHost } from '../runtime/agent-port.js';
import type { AgentResult, AgentStop, SampleRequest } from '../runtime/context.js';
import type { Issue, Schema } from '../schema/schema.js';
import type { SamplingMessage } from '../spec.js';
import { textOf, toolUsesOf } from './answer-content.js';
import { answerInstructions, readAnswer, repairPrompt, REPAIRS } from './structured-answer.js';
import { offer, refuseTools, runTools } from './tool-round.js';

/** What an agent is to do, everything looked up. */
export interface AgentTask {
  readonly name: string;
  readonly options: AgentEntry['options'];
  readonly maxTurns: number;
  readonly tools: ReadonlyMap<string, ToolEntry>;
  readonly messages: readonly SamplingMessage[];
  /** The shape of the final answer. */
  readonly output?: Schema;
}

/** Takes turns until the model answers without asking for tools, or may ask for none any more. */
export async function runLoop(host: AgentHost, task: AgentTask): Promise<AgentResult<unknown>> {
  const { name, tools, output } = task;
  const messages = [...task.messages];
  const request = requestOf(task);
  let toolCalls = 0;
  let repairs = 0;
  for (let turns = 1; ; turns++) {
    const isLast = repairs > 0 || turns >= task.maxTurns;
    const { answer, replayed } = await host.turn(request([...messages], isLast));
    const uses = toolUsesOf(answer);
    messages.push({ role: 'assistant', content: answer.content });
    host.report({ agent: name, turn: turns, toolCalls: uses.map((use) => use.name.slice(0, 128)) }, replayed);
    if (uses.length > 0 && !isLast) {
      toolCalls += uses.length;
      messages.push(await runTools(host, tools, uses, task.options.concurrency));
      continue;
    }
    const text = textOf(answer);
    const read = output === undefined ? ({ ok: true, value: text } as const) : await readAnswer(output, text);
    if (read.ok) {
      // Nobody may continue from messages whose last tool calls have no results.
      if (uses.length > 0) messages.push(refuseTools(uses, 'Tools are no longer offered.'));
      const stop: AgentStop = isLast && tools.size > 0 && repairs === 0 ? 'maxTurns' : 'answer';
      return { value: read.value, text, messages, turns, toolCalls, stop };
    }
    if (repairs++ === REPAIRS) throw PerduraError.of('AGENT_OUTPUT_INVALID', name, brief(read.issues));
    const repair = repairPrompt(read.issues);
    messages.push(
      uses.length > 0 ? refuseTools(uses, repair) : { role: 'user', content: { type: 'text', text: repair } },
    );
  }
}

/** Makes the request of each turn; all that the turns share is put together once. */
function requestOf({
  options,
  tools,
  output,
}: AgentTask): (messages: SamplingMessage[], isLast: boolean) => SampleRequest {
  const { instructions, maxTokens, temperature, modelPreferences } = options;
  const shared = {
    systemPrompt: output === undefined ? instructions : `${instructions}\n\n${answerInstructions(output)}`,
    maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(modelPreferences !== undefined && { modelPreferences }),
    ...(tools.size > 0 && { tools: offer(tools) }),
  };
  // The tools stay in the last request: the history speaks of them, and some models refuse what they were not told of.
  const choice = (isLast: boolean) =>
    tools.size > 0 ? { toolChoice: { mode: isLast ? 'none' : 'auto' } as const } : {};
  return (messages, isLast) => ({ ...shared, ...choice(isLast), messages });
}

function brief(issues: readonly Issue[]): string {
  const [first] = issues;
  return first === undefined ? 'no reason' : `${first.path === '' ? '' : `${first.path}: `}${first.message}`;
}
