import type { CreateMessageRequestParams, ModelOptions } from 'perdura';
import { providerToolName } from 'perdura/plugins/models';
import { type ChatMessage, chatMessages } from './chat-messages.js';
import { reasoningIn } from './reasoning.js';

/** What of the provider's options is in the body of its requests. */
export interface RequestSettings {
  readonly model: string;
  readonly stream: boolean;
  /** The member that limits the tokens of an answer. */
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens';
  /** More members; they win over those made here. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The body of a chat completion's request. What stays the same from turn to turn comes first and in the same order
 * (system prompt and tools, then the messages so far), so that a provider's prompt cache finds its longest prefix.
 */
export function chatRequest(
  request: CreateMessageRequestParams,
  { model, stream, tokenLimit, body }: RequestSettings,
  carried: ModelOptions['carried'] = () => undefined,
): Readonly<Record<string, unknown>> {
  const { systemPrompt, messages, tools, toolChoice, maxTokens, temperature, stopSequences } = request;
  const system: ChatMessage[] = systemPrompt === undefined ? [] : [{ role: 'system', content: systemPrompt }];
  return {
    model,
    ...(tools && tools.length > 0 && { tools: tools.map(toolOf), tool_choice: toolChoice?.mode ?? 'auto' }),
    [tokenLimit]: maxTokens,
    ...(temperature !== undefined && { temperature }),
    ...(stopSequences && stopSequences.length > 0 && { stop: stopSequences }),
    ...(stream && { stream: true, stream_options: { include_usage: true } }),
    messages: [
      ...system,
      ...messages.flatMap((message) => chatMessages(message, reasoningIn(model, carried(message)))),
    ],
    ...body,
  };
}

function toolOf({ name, description, inputSchema }: NonNullable<CreateMessageRequestParams['tools']>[number]): object {
  return {
    type: 'function',
    function: {
      name: providerToolName(name),
      ...(description !== undefined && { description }),
      parameters: inputSchema,
    },
  };
}
