import type { AgentEntry } from '../catalog/catalog.js';
import type { Conversation, FittedConversation } from '../metadata/agent-hooks.js';
import type { Class } from '../metadata/class.js';
import type { ModelChoice } from '../metadata/model.js';
import type { AgentHost, PreparedTurn } from '../runtime/agents/agent-port.js';
import type { Schema } from '../schema/schema.js';
import { answerInstructions } from './structured-answer.js';
import { offer, type Toolbox } from './toolbox.js';

/** As whom a loop speaks: the agent that was started, or one that it handed over to. */
export interface Role {
  readonly name: string;
  readonly options: AgentEntry['options'];
  readonly maxTurns: number;
  readonly model?: ModelChoice | undefined;
  readonly tools: Toolbox;
  readonly handoffs: ReadonlyMap<string, Class>;
}

/** Makes the requests of a role's turns; all that they share is put together once. */
export function requestsOf(
  host: AgentHost,
  { options, tools }: Role,
  output: Schema | undefined,
): (conversation: Conversation, isLast: boolean) => Promise<PreparedTurn> {
  const { instructions, maxTokens, temperature, modelPreferences, context } = options;
  const shared = {
    systemPrompt: output === undefined ? instructions : `${instructions}\n\n${answerInstructions(output)}`,
    maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(modelPreferences !== undefined && { modelPreferences }),
  };
  return async (conversation, isLast) => {
    const whole: FittedConversation = { messages: conversation.messages };
    const { messages: sent, summary } = context === undefined ? whole : await context(conversation);
    const messages = [...sent];
    if (tools.isEmpty) return { request: { ...shared, messages }, summary };
    // The tools stay in the last request: the history speaks of them, and some models refuse what they were not told of.
    const toolChoice = { mode: isLast ? 'none' : 'auto' } as const;
    const offered = offer(await host.busy(() => tools.all(host.caller)));
    return { request: { ...shared, tools: offered, toolChoice, messages }, summary };
  };
}
