import type { LanguageModelUsage } from 'ai';
import { type ModelAnswer, PerduraError, type ToolUseContent, type Usage } from 'perdura';
import { type CarriedPart, carryOf } from './carry.js';
import type { Finish, Saying, ToolCallPart } from './parts.js';

const STOP_REASONS: Readonly<Record<string, string>> = {
  stop: 'endTurn',
  length: 'maxTokens',
  'tool-calls': 'toolUse',
  'content-filter': 'contentFilter',
};

export interface Answering {
  /** The model's name, for errors. */
  readonly name: string;
  /** The model, provider included, that what is carried is of. */
  readonly model: string;
  /** The tool that goes by a name at the provider. */
  readonly toolOf: (name: string) => string;
}

/**
 * An answer that came to its end, as the message of sampling that it is.
 * @throws PerduraError `MODEL_UNAVAILABLE`, `MODEL_REFUSED`
 */
export function answerOf({ all, end }: Saying, { name, model, toolOf }: Answering): ModelAnswer {
  if (end === undefined || isBroken(end)) throw PerduraError.of('MODEL_UNAVAILABLE', name, 'the answer broke off');
  const isCut = end.finishReason === 'length';
  const content: ({ readonly type: 'text'; readonly text: string } | ToolUseContent)[] = [];
  const parts: CarriedPart[] = [];
  for (const said of all) {
    const metadata = said.metadata === undefined ? {} : { metadata: said.metadata };
    if (said.type === 'reasoning') {
      parts.push({ reasoning: said.text, ...metadata });
      continue;
    }
    if (said.type === 'text' && said.text === '' && said.metadata === undefined) continue;
    parts.push({ block: content.length, ...metadata });
    content.push(
      said.type === 'tool-call' ? toolUse(name, said.call, { toolOf, isCut }) : { type: 'text', text: said.text },
    );
  }
  return {
    role: 'assistant',
    model: end.response.modelId,
    content: content.length === 0 ? [{ type: 'text', text: '' }] : content,
    stopReason: STOP_REASONS[end.finishReason] ?? end.finishReason,
    usage: usageOf(end.usage),
    ...carryOf(model, parts),
  };
}

/** Where a stream ends without its last part, the SDK makes one up that knows of no tokens. */
function isBroken({ finishReason, usage }: Finish): boolean {
  if (finishReason === 'error' || finishReason === 'interrupted') return true;
  return finishReason === 'other' && usage.inputTokens === undefined && usage.outputTokens === undefined;
}

function toolUse(
  model: string,
  { toolCallId, toolName, input }: ToolCallPart,
  { toolOf, isCut }: Pick<Answering, 'toolOf'> & { readonly isCut: boolean },
): ToolUseContent {
  // A name that was not offered, which the SDK calls invalid too, is refused by the agent, and the model told.
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) {
    return { type: 'tool_use', id: toolCallId, name: toolOf(toolName), input: input as Record<string, unknown> };
  }
  throw isCut
    ? PerduraError.of('MODEL_REFUSED', model, 'maxTokens ended its answer in the middle of a tool call')
    : PerduraError.of('MODEL_UNAVAILABLE', model, 'it called a tool with arguments that are no JSON object');
}

function usageOf({ inputTokens, outputTokens, inputTokenDetails }: LanguageModelUsage): Usage {
  const cachedInputTokens = inputTokenDetails.cacheReadTokens;
  return {
    ...(inputTokens !== undefined && { inputTokens }),
    ...(cachedInputTokens !== undefined && { cachedInputTokens }),
    ...(outputTokens !== undefined && { outputTokens }),
  };
}
