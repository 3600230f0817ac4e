import type { ModelMessage, ToolResultPart, UserContent } from 'ai';
import type { SamplingMessage, ToolResultContent } from 'perdura';
import { blockText, providerToolName } from 'perdura/plugins/models';
import type { CarriedPart } from './carry.js';
import type { Metadata } from './parts.js';

type Block = Extract<SamplingMessage['content'], readonly unknown[]>[number];
type UserPart = Extract<UserContent, readonly unknown[]>[number];
type Output = ToolResultPart['output'];

type AssistantPart = Exclude<Extract<ModelMessage, { readonly role: 'assistant' }>['content'], string>[number];

/** What a message carries for the model that is asked. */
export type CarriedIn = (message: SamplingMessage) => readonly CarriedPart[] | undefined;

/** A conversation of sampling as the AI SDK writes it: tool results, which are the user's there, have a role of their own. */
export function modelMessages(messages: readonly SamplingMessage[], carried: CarriedIn): ModelMessage[] {
  // Results name their call alone; the SDK wants the tool's name as well.
  const names = new Map<string, string>();
  return messages.flatMap((message) => {
    const { role, content } = message;
    const blocks: readonly Block[] = Array.isArray(content) ? content : [content];
    if (role === 'user') return userMessages(blocks, names);
    for (const block of blocks) if (block.type === 'tool_use') names.set(block.id, providerToolName(block.name));
    const parts = carried(message) ?? blocks.map((_, block): CarriedPart => ({ block }));
    return [{ role, content: parts.flatMap((part) => assistantPart(part, blocks)) } satisfies ModelMessage];
  });
}

function assistantPart(part: CarriedPart, blocks: readonly Block[]): AssistantPart[] {
  if ('reasoning' in part) return [{ type: 'reasoning', text: part.reasoning, ...optionsOf(part.metadata) }];
  const block = blocks[part.block];
  return block === undefined ? [] : [{ ...said(block), ...optionsOf(part.metadata) }];
}

function said(block: Block): AssistantPart {
  if (block.type === 'tool_use') {
    return { type: 'tool-call', toolCallId: block.id, toolName: providerToolName(block.name), input: block.input };
  }
  if (block.type === 'image' || block.type === 'audio') {
    return { type: 'file', data: block.data, mediaType: block.mimeType };
  }
  return { type: 'text', text: block.type === 'text' ? block.text : '' };
}

// What a provider gives as its metadata it takes as its options.
const optionsOf = (metadata: Metadata | undefined): { readonly providerOptions?: never } =>
  metadata === undefined ? {} : { providerOptions: metadata as never };

function userMessages(blocks: readonly Block[], names: ReadonlyMap<string, string>): ModelMessage[] {
  const results = blocks.filter((block): block is ToolResultContent => block.type === 'tool_result');
  const said = blocks.filter((block): block is Exclude<Block, ToolResultContent> => block.type !== 'tool_result');
  const parts = results.map((result): ToolResultPart => ({
    type: 'tool-result',
    toolCallId: result.toolUseId,
    toolName: names.get(result.toolUseId) ?? 'unknown',
    output: outputOf(result),
  }));
  return [
    ...(parts.length === 0 ? [] : [{ role: 'tool' as const, content: parts }]),
    ...(said.length === 0 ? [] : [{ role: 'user' as const, content: said.map((block) => userPart(block)) }]),
  ];
}

function userPart(block: Exclude<Block, ToolResultContent>): UserPart {
  if (block.type === 'image' || block.type === 'audio') {
    return { type: 'file', data: block.data, mediaType: block.mimeType };
  }
  return { type: 'text', text: block.type === 'text' ? block.text : '' };
}

function outputOf({ content, structuredContent, isError }: ToolResultContent): Output {
  const whole = content.length === 0 && structuredContent ? JSON.stringify(structuredContent) : undefined;
  const text = whole ?? content.map(blockText).join('\n\n');
  if (isError === true) return { type: 'error-text', value: text };
  if (!content.some(({ type }) => type === 'image' || type === 'audio')) return { type: 'text', value: text };
  return {
    type: 'content',
    value: content.map((block) =>
      block.type === 'image' || block.type === 'audio'
        ? { type: 'file', data: { type: 'data', data: block.data }, mediaType: block.mimeType }
        : { type: 'text', text: blockText(block) },
    ),
  };
}
